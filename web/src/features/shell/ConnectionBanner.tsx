import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import { useConnection, useParley } from "../parley";

/** A short break passes in silence; a longer one is told. */
const SILENT_MS = 3_000;

export function ConnectionBanner() {
  const { t } = useTranslation();
  const parley = useParley();
  const state = useConnection((connection) => connection.state);
  const sinceMs = useConnection((connection) => connection.sinceMs);
  const [long, setLong] = useState(false);
  const [offline, setOffline] = useState(() => !navigator.onLine);

  useEffect(() => {
    setLong(false);
    if (sinceMs === null) return;
    const timer = setTimeout(() => setLong(true), Math.max(0, sinceMs + SILENT_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [sinceMs]);

  useEffect(() => {
    const look = (): void => setOffline(!navigator.onLine);
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);

  return (
    <div
      className="connection"
      data-testid="connection-state"
      data-state={state}
      data-shown={long || undefined}
      role="status"
      aria-live="polite"
    >
      {long && (
        <>
          {offline ? <Icon name="warn" size={16} /> : <span className="spinner" />}
          <span>
            {t(
              offline
                ? "connection.offline"
                : state === "connecting"
                  ? "connection.connecting"
                  : "connection.lost",
            )}
          </span>
          {!offline && (
            <button type="button" className="link" onClick={() => parley.gateway.nudge()}>
              {t("connection.now")}
            </button>
          )}
        </>
      )}
    </div>
  );
}
