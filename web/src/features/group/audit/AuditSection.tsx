import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Select } from "../../../components/Field";
import type { Id } from "../../../gateway/protocol";
import { upkeepOf } from "../../../state/upkeep";
import { withUsers } from "../../../state/world";
import { PagesFoot } from "../../messages/PagesFoot";
import { nextAfter, usePages } from "../../messages/usePages";
import { useParley } from "../../parley";
import type { SectionProps } from "../GroupSettings";
import { MemberField } from "../MemberField";
import { AuditRow } from "./AuditRow";
import { AUDIT_ACTIONS } from "./auditWords";

const PAGE = 50;
const ANY = "any";

/** Who did what to whom, and why; newest first. */
export function AuditSection({ groupId }: SectionProps) {
  const { t } = useTranslation();
  const parley = useParley();
  const [actor, setActor] = useState<Id | null>(null);
  const [target, setTarget] = useState<Id | null>(null);
  const [action, setAction] = useState(ANY);
  const load = useCallback(
    async (before: Id | null) => {
      const page = await upkeepOf(parley).rest.audit(groupId, {
        limit: PAGE,
        ...(actor === null ? {} : { actor }),
        ...(target === null ? {} : { target }),
        ...(action === ANY ? {} : { action }),
        ...(before === null ? {} : { before }),
      });
      parley.world.setState((world) => ({ users: withUsers(world.users, page.users) }));
      return { items: page.entries, next: nextAfter(page.entries, page.has_more, (entry) => entry.id) };
    },
    [parley, groupId, actor, target, action],
  );
  const pages = usePages(load);
  const actions = AUDIT_ACTIONS.map((value) => ({ value, label: t(`audit.action.${value}`) })).sort((a, b) =>
    a.label.localeCompare(b.label),
  );
  return (
    <>
      <div className="side-by-side">
        <MemberField groupId={groupId} label={t("audit.who")} chosen={actor} onChange={setActor} />
        <MemberField groupId={groupId} label={t("audit.whom")} chosen={target} onChange={setTarget} />
        <Select
          label={t("audit.what")}
          value={action}
          options={[{ value: ANY, label: t("audit.anything") }, ...actions]}
          onChange={setAction}
          testId="audit-action"
        />
      </div>
      <ol className="audit">
        {pages.items.map((entry) => (
          <AuditRow key={entry.id} entry={entry} />
        ))}
      </ol>
      {pages.items.length === 0 && !pages.loading && pages.failed === null && (
        <p className="soft">{t("audit.none")}</p>
      )}
      <PagesFoot pages={pages} />
    </>
  );
}
