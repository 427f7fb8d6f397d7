import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import type { Id } from "../../gateway/protocol";
import { endSelection, openDialog } from "../../state/ui";
import { useAccount, useUi } from "../parley";

/** In place of the composer while messages are ticked: how many, and what to do with them. */
export default function SelectBar({ channelId }: { channelId: Id }) {
  const { t } = useTranslation();
  const count = useUi((state) => state.selection?.ids.length ?? 0);
  const max = useAccount((account) => account.server?.limits.bulk_delete_max ?? 100);
  useEffect(() => endSelection, []);
  return (
    <section
      className="select-bar"
      aria-label={t("select.title")}
      onKeyDown={(event) => event.key === "Escape" && endSelection()}
    >
      <span aria-live="polite">{t("select.count", { count })}</span>
      <Button look="quiet" onClick={endSelection}>
        {t("action.cancel")}
      </Button>
      <Button
        look="danger"
        disabled={count === 0 || count > max}
        onClick={() => openDialog({ kind: "deleteMessages", channelId })}
        data-testid="select-delete"
      >
        {t("select.delete")}
      </Button>
    </section>
  );
}
