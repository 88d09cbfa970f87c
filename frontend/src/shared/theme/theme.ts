import {
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from "@mantine/core";

/** Grounds and text of the dark room, in the places where Mantine looks for them. */
const dark: MantineColorsTuple = [
  "#d7dbe0",
  "#bcc3cb",
  "#9aa3ad",
  "#6f7883",
  "#2a2f37",
  "#1c2026",
  "#15181d",
  "#0d0f12",
  "#0a0c0e",
  "#000000",
];

/** The one accent: a calm cyan-teal. */
const accent: MantineColorsTuple = [
  "#e2f5f5",
  "#c3e9e9",
  "#98dada",
  "#6acaca",
  "#47c0c0",
  "#35b8b8",
  "#219c9d",
  "#0f8587",
  "#0a7d80",
  "#05605f",
];

/** Text on the accent follows the scheme's own shade: Mantine judges the light one in both schemes. */
const variantColors: VariantColorsResolver = (input) => {
  const colours = defaultVariantColorsResolver(input);
  const onAccent = input.variant === "filled" && (input.color === undefined || input.color === "accent");
  return onAccent ? { ...colours, color: "var(--mantine-primary-color-contrast)" } : colours;
};

export const theme = createTheme({
  colors: { dark, accent },
  primaryColor: "accent",
  primaryShade: { light: 8, dark: 5 },
  variantColorResolver: variantColors,
  autoContrast: true,
  luminanceThreshold: 0.3,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans SC", "DejaVu Sans", sans-serif',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "2px", sm: "4px", md: "6px", lg: "8px", xl: "12px" },
  defaultRadius: "sm",
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "20px", lineHeight: "28px" },
      h2: { fontSize: "16px", lineHeight: "24px" },
      h3: { fontSize: "14px", lineHeight: "20px" },
    },
  },
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: false, transitionProps: { duration: 100 } } },
    Table: { defaultProps: { verticalSpacing: 8, horizontalSpacing: 12 } },
    Modal: { defaultProps: { transitionProps: { duration: 100 }, centered: true } },
    Menu: { defaultProps: { transitionProps: { duration: 100 } } },
    TextInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm" } },
  },
});

/** Keeps Mantine's own variables on the tokens of tokens.css. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  dark: {
    "--mantine-primary-color-contrast": "#04191a",
    "--mantine-color-body": "var(--fid-ground)",
    "--mantine-color-text": "var(--fid-text)",
    "--mantine-color-dimmed": "var(--fid-dim)",
    "--mantine-color-default-border": "var(--fid-line)",
    "--mantine-color-anchor": "var(--fid-accent)",
    "--mantine-color-error": "var(--fid-red)",
    "--mantine-color-placeholder": "#7b8590",
  },
  light: {
    "--mantine-color-body": "var(--fid-ground)",
    "--mantine-color-text": "var(--fid-text)",
    "--mantine-color-dimmed": "var(--fid-dim)",
    "--mantine-color-default-border": "var(--fid-line)",
    "--mantine-color-anchor": "var(--fid-accent)",
    "--mantine-color-error": "var(--fid-red)",
  },
});
