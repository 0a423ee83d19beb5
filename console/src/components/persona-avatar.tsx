import { Avatar, Box } from '@mantine/core';
import {
  IconBolt,
  IconCoin,
  IconCrown,
  IconDiamond,
  IconFlame,
  IconHeart,
  IconHome,
  IconLeaf,
  IconRocket,
  IconStar,
  IconSun,
  IconUser,
  type TablerIcon,
} from '@tabler/icons-react';

/** The icons that a persona can wear, by the API's names. */
export const ICONS: Record<string, TablerIcon> = {
  user: IconUser,
  star: IconStar,
  heart: IconHeart,
  bolt: IconBolt,
  leaf: IconLeaf,
  diamond: IconDiamond,
  home: IconHome,
  rocket: IconRocket,
  crown: IconCrown,
  coin: IconCoin,
  flame: IconFlame,
  sun: IconSun,
};

export function PersonaAvatar({ persona, size = 44 }: { persona: { color: string; icon: string }; size?: number }) {
  const Icon = ICONS[persona.icon] ?? IconUser;
  return (
    <Avatar
      size={size}
      radius="xl"
      variant="filled"
      aria-hidden
      styles={{ placeholder: { background: persona.color, color: 'white' } }}
    >
      <Icon size={size * 0.52} stroke={1.8} />
    </Avatar>
  );
}

/** A persona's colour beside its name. */
export function Dot({ color, size = 10 }: { color: string; size?: number }) {
  return (
    <Box component="span" display="inline-block" w={size} h={size} bdrs={size} bg={color} style={{ flexShrink: 0 }} />
  );
}
