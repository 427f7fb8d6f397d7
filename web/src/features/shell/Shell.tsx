import { Outlet, useLocation, useParams } from "@tanstack/react-router";
import { Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { lazily } from "../../components/lazily";
import { useWide } from "../../components/useMedia";
import { DialogHost } from "../dialogs/DialogHost";
import { useAccount, useCall, useParley, useUi, useWorld } from "../parley";
import { Announcement } from "./Announcement";
import { ConnectionBanner } from "./ConnectionBanner";
import { LoginRedirect } from "./LoginRedirect";
import { Rail } from "./Rail";
import { Sidebar } from "./Sidebar";
import { Splash } from "./Splash";
import { UserPanel } from "./UserPanel";
import { useNotifications } from "./useNotifications";
import { useShortcuts } from "./useShortcuts";
import { useTitle } from "./useTitle";
import "./shell.css";

const Dock = lazily(
  () => import("../voice/Dock"),
  (module) => module.Dock,
);

const Ending = lazily(() => import("../account/Ending"));

/** The frame around everything once one is logged in. */
export function Shell() {
  const state = useAccount((account) => account.state);
  if (state === "starting") return <Splash />;
  if (state === "out") return <LoginRedirect />;
  return <Frame />;
}

function Frame() {
  const { t } = useTranslation();
  const wide = useWide();
  const loaded = useWorld((world) => world.loaded);
  const { channelId, section } = useParams({ strict: false });
  const path = useLocation({ select: (location) => location.pathname });
  const home = path === "/home" || path === "/";
  useShortcuts();
  useTitle();
  useNotifications();
  const parley = useParley();
  const calling = useCall((call) => call.channelId !== null || call.error !== null);
  useEffect(() => {
    // The parts that open later come while nothing else is to do.
    const idle = window.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 1_500));
    idle(() => {
      void import("../dialogs/dialogs");
      void import("../voice/Dock");
      void parley.call.prepare();
    });
  }, [parley]);
  const ending = useAccount((account) => (account.me?.delete_after_ms ?? null) !== null);
  // A narrow screen shows one panel at a time, and the address says which.
  const inMain =
    channelId !== undefined || section !== undefined || !(path.startsWith("/g/") || path === "/settings");
  const panel = inMain ? "main" : "side";
  return (
    <div className="shell" data-panel={wide ? "all" : panel} data-home={home}>
      <a className="skip-link" href="#main">
        {t("shell.skip")}
      </a>
      <ConnectionBanner />
      <Announcement />
      <Rail />
      <Sidebar loaded={loaded} />
      <div className="shell-main">
        <Outlet />
      </div>
      <div className="shell-foot">
        {ending && (
          <Suspense fallback={null}>
            <Ending />
          </Suspense>
        )}
        {calling && (
          <Suspense fallback={null}>
            <Dock />
          </Suspense>
        )}
        <UserPanel />
      </div>
      <DialogHost />
      <Toasts />
    </div>
  );
}

function Toasts() {
  const toasts = useUi((ui) => ui.toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((each) => (
        <div className="toast" key={each.id}>
          {each.text}
        </div>
      ))}
    </div>
  );
}
