import { useTranslation } from "react-i18next";
import { Choices } from "../../components/Field";
import type { DirectFrom } from "../../gateway/protocol";
import { useAccount, useAttempt, useParley } from "../parley";

/** Who may write to one. */
export default function Privacy() {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const from = useAccount((account) => account.me?.direct_from ?? "everyone");
  const choose = (direct_from: DirectFrom): void =>
    void attempt(async () => parley.changedMe(await parley.api.updateMe({ direct_from })));
  return (
    <section>
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
    </section>
  );
}
