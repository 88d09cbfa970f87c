import {
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from "@mantine/core";
import i18next from "i18next";

import { focusBack } from "@/shared/ui/focusBack";

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

/** Names of the buttons that components bring along, in the language of the page. */
const closeButton = () => ({ "aria-label": i18next.t("common.close") });

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
    Modal: {
      defaultProps: () => ({
        transitionProps: { duration: 100 },
        centered: true,
        closeButtonProps: closeButton(),
        onExitTransitionEnd: focusBack,
      }),
    },
    Drawer: { defaultProps: () => ({ closeButtonProps: closeButton() }) },
    Notification: { defaultProps: () => ({ closeButtonProps: closeButton() }) },
    Pagination: {
      defaultProps: () => ({
        getControlProps: (control: string) => ({ "aria-label": i18next.t(`common.pages.${control}`) }),
      }),
    },
    // The first item takes the focus: a menu may own nothing but items, so no placeholder does.
    Menu: { defaultProps: { transitionProps: { duration: 100 }, withInitialFocusPlaceholder: false } },
    TextInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm" } },
  },
});

/** Alerts and badges of the dark scheme: a breath of the colour over the panel, not a block of it. */
const calm = (name: string, token: string) => ({
  [`--mantine-color-${name}-light`]: `color-mix(in srgb, var(${token}) 12%, var(--fid-panel))`,
  [`--mantine-color-${name}-light-hover`]: `color-mix(in srgb, var(${token}) 20%, var(--fid-panel))`,
  [`--mantine-color-${name}-light-color`]: `var(${token})`,
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
    ...calm("yellow", "--fid-amber"),
    ...calm("red", "--fid-red"),
    ...calm("green", "--fid-green"),
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
