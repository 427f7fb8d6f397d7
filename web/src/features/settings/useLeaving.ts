import { useNavigate, useRouter } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { ui } from "../../state/ui";

/** Leads back to where the settings were opened. */
export function useLeaving(): () => void {
  const router = useRouter();
  return useCallback(() => router.history.push(ui.getState().settingsFrom ?? "/"), [router]);
}

/** Opens the settings, and remembers from where. */
export function useEntering(): () => void {
  const navigate = useNavigate();
  return useCallback(() => {
    if (!/^\/settings\b/.test(location.pathname))
      ui.setState({ settingsFrom: location.pathname + location.search });
    void navigate({ to: "/settings" });
  }, [navigate]);
}

/** Escape leads back, where nothing else has a use for it. */
export function useLeavingByEscape(): void {
  const leave = useLeaving();
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const { dialog, proof } = ui.getState();
      if (event.key !== "Escape" || event.defaultPrevented || dialog !== null || proof !== null) return;
      if (
        (event.target as Element).closest(
          "[role=dialog], [role=alertdialog], input:not([type=radio]), textarea, select",
        )
      )
        return;
      leave();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [leave]);
}
