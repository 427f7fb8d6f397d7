import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Notice } from "../../components/Button";
import { Choices, Switch } from "../../components/Field";
import type { DirectFrom } from "../../gateway/protocol";
import { settings } from "../../state/settings";
import { useAccount, useAttempt, useParley, useSettings } from "../parley";

/** Who may write to one, and whether messages are told on the desktop. */
export function Contact() {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const from = useAccount((account) => account.me?.direct_from ?? "everyone");
  const choose = (direct_from: DirectFrom): void =>
    void attempt(async () => parley.changedMe(await parley.api.updateMe({ direct_from })));
  return (
    <section aria-labelledby="settings-contact">
      <h3 id="settings-contact">{t("settings.contact")}</h3>
      <Choices
        label={t("settings.directFrom")}
        value={from}
        onChange={choose}
        options={[
          { value: "everyone", label: t("settings.fromEveryone") },
          { value: "groups", label: t("settings.fromGroups") },
          { value: "friends", label: t("settings.fromFriends") },
        ]}
      />
      <Notifications />
    </section>
  );
}

function Notifications() {
  const { t } = useTranslation();
  const on = useSettings((state) => state.notifications);
  const [denied, setDenied] = useState(false);
  const possible = "Notification" in window;
  const toggle = async (wanted: boolean): Promise<void> => {
    const allowed = wanted && (await Notification.requestPermission()) === "granted";
    setDenied(wanted && !allowed);
    settings.setState({ notifications: allowed });
  };
  if (!possible) return null;
  return (
    <>
      <Switch
        label={t("settings.notifications")}
        hint={t("settings.notificationsHint")}
        checked={on && Notification.permission === "granted"}
        onChange={(wanted) => void toggle(wanted)}
      />
      {denied && <Notice tone="warn">{t("settings.notificationsDenied")}</Notice>}
    </>
  );
}
