import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { load, save } from "../../lib/storage";
import { useWorld } from "../parley";

const KEY = "announcement";
/** Timers count no further than 2^31 milliseconds. */
const TIMER_MAX_MS = 2_147_483_647;

/** What the operators tell everybody, until it ends or is hidden on this device. */
export function Announcement() {
  const { t } = useTranslation();
  const announcement = useWorld((world) => world.announcement);
  const [hidden, setHidden] = useState(() => load<number | null>(KEY, null));
  const [, look] = useState(0);
  const until = announcement?.until_ms ?? null;
  useEffect(() => {
    if (until === null) return;
    const wait = Math.min(Math.max(0, until - Date.now()), TIMER_MAX_MS);
    const timer = setTimeout(() => look((times) => times + 1), wait);
    return () => clearTimeout(timer);
  }, [until]);
  if (announcement === null || announcement.made_ms === hidden || (until !== null && until <= Date.now()))
    return null;
  const hide = (): void => {
    save(KEY, announcement.made_ms);
    setHidden(announcement.made_ms);
  };
  return (
    <aside className="announcement" aria-label={t("announcement.label")} data-testid="announcement">
      <Icon name="bell" size={16} />
      <p role="status">{announcement.text}</p>
      <IconButton icon="close" size={16} label={t("announcement.dismiss")} onClick={hide} />
    </aside>
  );
}
