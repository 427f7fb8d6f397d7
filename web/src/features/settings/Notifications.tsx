import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Notice } from "../../components/Button";
import { Switch } from "../../components/Field";
import { settings } from "../../state/settings";
import { useSettings } from "../parley";

/** Whether messages are told on the desktop. */
export default function Notifications() {
  const { t } = useTranslation();
  const on = useSettings((state) => state.notifications);
  const [denied, setDenied] = useState(false);
  const possible = "Notification" in window;
  const toggle = async (wanted: boolean): Promise<void> => {
    const allowed = wanted && (await Notification.requestPermission()) === "granted";
    setDenied(wanted && !allowed);
    settings.setState({ notifications: allowed });
  };
  if (!possible) return <p className="soft">{t("settings.notificationsNot")}</p>;
  return (
    <section>
      <Switch
        label={t("settings.notifications")}
        hint={t("settings.notificationsHint")}
        checked={on && Notification.permission === "granted"}
        onChange={(wanted) => void toggle(wanted)}
      />
      {denied && <Notice tone="warn">{t("settings.notificationsDenied")}</Notice>}
    </section>
  );
}
