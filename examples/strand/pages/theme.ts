/** Mantine in Strand's colours: sand and deep blue. The tokens themselves are CSS, in `tokens.css`. */
import { createTheme, defaultVariantColorsResolver, type MantineColorsTuple } from '@mantine/core'

const sea: MantineColorsTuple = [
  '#eaf4fa',
  '#d3e6f2',
  '#a7cce4',
  '#8cc4e6',
  '#7fc4e8',
  '#63b0da',
  '#246b94',
  '#14405f',
  '#0f3450',
  '#0a273d',
]

export const theme = createTheme({
  colors: { sea },
  primaryColor: 'sea',
  primaryShade: { light: 7, dark: 4 },
  defaultRadius: 'xl',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'var(--font)',
  // White on the light scheme's deep blue, near-black on the dark scheme's light one.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input)
    return input.variant === 'filled' ? { ...colors, color: 'var(--on-accent)' } : colors
  },
})
