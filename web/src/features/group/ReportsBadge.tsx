import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import type { Id } from "../../gateway/protocol";
import { useOpenReports } from "./useOpenReports";

/** For moderators: reports wait, and the way to them. */
export default function ReportsBadge({ groupId }: { groupId: Id }) {
  const { t } = useTranslation();
  const count = useOpenReports(groupId);
  if (count === 0) return null;
  const label = t("reports.waiting", { count });
  return (
    <Link
      to="/g/$groupId/settings/$section"
      params={{ groupId, section: "reports" }}
      className="icon-button reports-badge"
      aria-label={label}
      title={label}
      data-testid="reports-badge"
    >
      <Icon name="flag" />
      <span className="badge urgent" aria-hidden="true">
        {count > 99 ? "99+" : count}
      </span>
    </Link>
  );
}
