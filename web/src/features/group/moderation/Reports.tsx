import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { Choices } from "../../../components/Field";
import type { Id, Report, ReportState } from "../../../gateway/protocol";
import { compareIds } from "../../../lib/ids";
import { upkeepOf } from "../../../state/upkeep";
import { withUsers } from "../../../state/world";
import { PagesFoot } from "../../messages/PagesFoot";
import { nextAfter, usePages } from "../../messages/usePages";
import { useParley, useWorld } from "../../parley";
import { ReportCard } from "./ReportCard";

const PAGE = 25;
const STATES: readonly ReportState[] = ["open", "resolved", "dismissed"];

/** Reports of a group, or (null) of conversations for operators. */
export function Reports({ groupId }: { groupId: Id | null }) {
  const { t } = useTranslation();
  const parley = useParley();
  const [state, setState] = useState<ReportState>("open");
  const load = useCallback(
    async (before: Id | null) => {
      const { rest } = upkeepOf(parley);
      const at = { state, limit: PAGE, ...(before === null ? {} : { before }) };
      const page = await (groupId === null ? rest.conversationReports(at) : rest.reports(groupId, at));
      parley.world.setState((world) => ({ users: withUsers(world.users, page.users) }));
      return { items: page.reports, next: nextAfter(page.reports, page.has_more, (report) => report.id) };
    },
    [parley, groupId, state],
  );
  const pages = usePages(load);
  const shown = useReports(pages.items, groupId, state);
  return (
    <>
      <Choices
        label={t("reports.state")}
        value={state}
        onChange={setState}
        options={STATES.map((each) => ({ value: each, label: t(`reports.state.${each}`) }))}
      />
      <ul className="reports">
        {shown.map((report) => (
          <ReportCard key={report.id} report={report} />
        ))}
      </ul>
      {shown.length === 0 && !pages.loading && pages.failed === null && (
        <p className="soft">{t(`reports.none.${state}`)}</p>
      )}
      <PagesFoot pages={pages} />
    </>
  );
}

/** What was read, as it is now, with what came since; newest first. */
function useReports(read: readonly Report[], groupId: Id | null, state: ReportState): Report[] {
  const told = useWorld((world) => world.reports);
  const all = new Map(read.map((each) => [each.id, each]));
  for (const each of Object.values(told)) if (each.group_id === groupId) all.set(each.id, each);
  return [...all.values()].filter((each) => each.state === state).sort((a, b) => compareIds(b.id, a.id));
}
