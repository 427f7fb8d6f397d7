import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { useErrorText } from "../parley";
import type { Pages } from "./usePages";

/** Below items that come page by page: more of them, under way, or what went wrong. */
export function PagesFoot({ pages: { loading, failed, more, loadMore } }: { pages: Pages<unknown> }) {
  const { t } = useTranslation();
  const say = useErrorText();
  if (failed !== null)
    return (
      <div className="pages-foot">
        <Notice tone="bad">{say(failed)}</Notice>
        <Button onClick={loadMore}>{t("action.retry")}</Button>
      </div>
    );
  if (loading)
    return (
      <div className="pages-foot" aria-busy="true">
        <span className="spinner" />
      </div>
    );
  if (!more) return null;
  return (
    <div className="pages-foot">
      <Button wide look="quiet" onClick={loadMore}>
        {t("action.more")}
      </Button>
    </div>
  );
}
