/** Mantine dressed in Countersign's colours. The tokens themselves are CSS, in `tokens.css`. */
import { createTheme, defaultVariantColorsResolver, type MantineColorsTuple } from '@mantine/core'

const green: MantineColorsTuple = [
  '#eaf6f0',
  '#d3ebe0',
  '#a6d8c2',
  '#76c4a1',
  '#4cc38a',
  '#2aa374',
  '#16855d',
  '#0b6b4f',
  '#095a42',
  '#064433',
]

export const theme = createTheme({
  colors: { green },
  primaryColor: 'green',
  primaryShade: { light: 7, dark: 4 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'var(--font)',
  headings: { fontFamily: 'var(--font)', fontWeight: '650' },
  // White on the light scheme's deep green, near-black on the dark scheme's bright one.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input)
    return input.variant === 'filled' ? { ...colors, color: 'var(--on-accent)' } : colors
  },
})
