import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton, Notice } from "../../../components/Button";
import { Field } from "../../../components/Field";
import { Icon } from "../../../components/Icon";
import type { Report } from "../../../gateway/protocol";
import { idTimeMs } from "../../../lib/ids";
import { openDialog } from "../../../state/ui";
import { upkeepOf } from "../../../state/upkeep";
import { MemberMenuButton } from "../../members/MemberMenu";
import { MessageCard } from "../../messages/MessageCard";
import { dateAndTime } from "../../messages/times";
import { useGo } from "../../navigation";
import { useAccount, useName, useParley, usePlace } from "../../parley";
import { useDeed } from "../../useDeed";

/** One report: the message as it was, who asks and why, and what may be done. */
export function ReportCard({ report }: { report: Report }) {
  const { t, i18n } = useTranslation();
  const go = useGo();
  const place = usePlace(report.channel_id);
  const reporter = useName(report.reporter_id ?? "", report.group_id);
  const when = dateAndTime(idTimeMs(report.id), i18n.language);
  const { channel_id, message_id, author_id, sections, reason } = report;
  const message = {
    id: message_id,
    channel_id,
    author_id,
    sections,
    mentions: null,
    reactions: [],
    pinned: false,
    edited_ms: null,
    nonce: null,
  };
  return (
    <li className="report" data-testid="report">
      <header>
        <Icon name={report.reporter_id === null ? "filter" : "flag"} size={16} />
        <span className="grow">
          {report.reporter_id === null
            ? t("reports.byFilter", { name: reason, time: when })
            : t("reports.by", { name: reporter, time: when })}
        </span>
        {place && <span className="soft">{report.group_id === null ? place.name : `#${place.name}`}</span>}
        {report.group_id !== null && <MemberMenuButton groupId={report.group_id} userId={author_id} />}
      </header>
      {report.reporter_id !== null && <p className="report-reason">{reason}</p>}
      <MessageCard message={message} groupId={report.group_id} />
      {report.state === "open" ? (
        <Handling report={report}>
          {place && (
            <>
              <Button look="quiet" onClick={() => void go(place, message_id)} data-testid="report-jump">
                {t("reports.jump")}
              </Button>
              <IconButton
                icon="trash"
                size={18}
                className="danger"
                label={t("message.delete")}
                onClick={() =>
                  openDialog({ kind: "deleteMessage", channelId: channel_id, messageId: message_id })
                }
              />
            </>
          )}
        </Handling>
      ) : (
        <Handled report={report} />
      )}
    </li>
  );
}

function Handling({ report, children }: { report: Report; children: ReactNode }) {
  const { t } = useTranslation();
  const parley = useParley();
  const noteMax = useAccount((account) => account.server?.limits.reason_max ?? 512);
  const [note, setNote] = useState("");
  const { busy, problem, run } = useDeed();
  const handle = (state: "resolved" | "dismissed") =>
    run(() => upkeepOf(parley).handleReport(report.id, state, note.trim()));
  return (
    <div className="form">
      <Field
        label={t("reports.note")}
        placeholder={t("reports.notePlaceholder")}
        value={note}
        maxLength={noteMax}
        autoComplete="off"
        onChange={(event) => setNote(event.target.value)}
        data-testid="report-note"
      />
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
      <div className="report-deeds">
        {children}
        <span className="grow" />
        <Button disabled={busy} onClick={() => void handle("dismissed")} data-testid="report-dismiss">
          {t("reports.dismiss")}
        </Button>
        <Button
          look="primary"
          disabled={busy}
          onClick={() => void handle("resolved")}
          data-testid="report-resolve"
        >
          {t("reports.resolve")}
        </Button>
      </div>
    </div>
  );
}

function Handled({ report }: { report: Report }) {
  const { t, i18n } = useTranslation();
  const handler = useName(report.handler_id ?? "", report.group_id);
  const time = dateAndTime(report.handled_ms ?? 0, i18n.language);
  return (
    <p className="soft">
      {t(`reports.handled.${report.state}`, { name: handler, time })}
      {report.note !== "" && ` ${report.note}`}
    </p>
  );
}
