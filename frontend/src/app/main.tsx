import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@/shared/theme/tokens.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { startI18n } from "@/shared/i18n/i18n";

import { App } from "./App";

startI18n();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
