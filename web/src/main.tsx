import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ErrorScreen } from "./app/ErrorScreen";
import { startTexts } from "./app/i18n";
import { router } from "./app/router";
import { startTheme } from "./app/theme";
import { ParleyProvider } from "./features/parley";
import { Parley } from "./state/parley";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/components.css";

declare global {
  interface Window {
    /** A door for diagnosis and tests: what the call's slots receive, and where the client stands. It changes nothing. */
    parley: {
      voiceStats: Parley["voiceStats"];
      state: Parley["snapshot"];
    };
  }
}

const parley = new Parley();
window.parley = { voiceStats: () => parley.voiceStats(), state: () => parley.snapshot() };

startTheme();
await startTexts();
void parley.start();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <ErrorScreen>
        <ParleyProvider parley={parley}>
          <RouterProvider router={router} />
        </ParleyProvider>
      </ErrorScreen>
    </StrictMode>,
  );
}
