import { AspectRatio, Box, Button, Center, Stack, Text } from '@mantine/core';
import { IconPhoto } from '@tabler/icons-react';
import type { CreativeContent } from '../api/types/creatives.ts';

/** A creative about as people would see it. The image is named, not loaded: its host would learn who looks. */
export function CreativeCard({ of: { headline, body, imageUrl, callToAction, linkUrl } }: { of: CreativeContent }) {
  return (
    <Box
      component="figure"
      aria-label="Preview"
      m={0}
      bdrs="md"
      bd="1px solid var(--reach-line)"
      bg="var(--reach-surface)"
      style={{ overflow: 'hidden' }}
      maw={420}
    >
      {imageUrl && (
        <AspectRatio ratio={1.91}>
          <Center bg="var(--reach-inset)" p="md">
            <Stack align="center" gap={4}>
              <IconPhoto size={34} stroke={1.4} />
              <Text size="xs" c="dimmed" ta="center" style={{ overflowWrap: 'anywhere' }} lineClamp={3}>
                {imageUrl}
              </Text>
            </Stack>
          </Center>
        </AspectRatio>
      )}
      <Stack gap={6} p="md">
        {linkUrl && (
          <Text size="xs" c="dimmed" tt="uppercase">
            {hostOf(linkUrl)}
          </Text>
        )}
        <Text fw={650} style={{ overflowWrap: 'anywhere' }} c={headline ? undefined : 'dimmed'}>
          {headline || 'Headline'}
        </Text>
        {body && (
          <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {body}
          </Text>
        )}
        {callToAction && (
          <Button variant="light" size="xs" mt={4} component="span" style={{ alignSelf: 'flex-start' }}>
            {callToAction}
          </Button>
        )}
      </Stack>
    </Box>
  );
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : url);
