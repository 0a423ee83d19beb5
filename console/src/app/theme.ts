import { Badge, Card, createTheme, Input, type MantineColorsTuple, Modal, Table } from '@mantine/core';

/** A calm blue, clear of the colours that verdicts have. */
const ink: MantineColorsTuple = [
  '#eef1fd',
  '#dbe1f7',
  '#b4c0ee',
  '#8a9de6',
  '#677fdf',
  '#516cdb',
  '#4562da',
  '#3652c2',
  '#2e49ae',
  '#223e9a',
];

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 5 },
  colors: { ink },
  defaultRadius: 'md',
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "JetBrains Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.05rem' } } },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    InputWrapper: Input.Wrapper.extend({
      // what explains an input stands below it, so that inputs of a row line up
      defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] },
    }),
    Card: Card.extend({ defaultProps: { withBorder: true, padding: 'lg', radius: 'md' } }),
    Badge: Badge.extend({ defaultProps: { variant: 'light', tt: 'none', fw: 600, radius: 'sm' } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'sm', horizontalSpacing: 'md', highlightOnHover: true } }),
    Modal: Modal.extend({ defaultProps: { centered: true, overlayProps: { blur: 1, backgroundOpacity: 0.4 } } }),
  },
});
