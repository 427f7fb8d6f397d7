import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Icon } from "../../components/Icon";
import type { Overview } from "../../gateway/operators";
import { sizeText } from "../../lib/sizes";

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

function since(seconds: number, language: string): string {
  const [unit, length] = UNITS.find(([, each]) => seconds >= each) ?? (["second", 1] as const);
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(
    Math.floor(seconds / length),
  );
}

/** Whether each part works, and how much of everything there is. */
export function Health({ overview }: { overview: Overview }) {
  const { t, i18n } = useTranslation();
  const { totals } = overview;
  const numbers: [string, number][] = [
    ["admin.people", totals.accounts],
    ["admin.banned", totals.disabled],
    ["admin.logins", totals.sessions],
    ["admin.groups", totals.groups],
    ["admin.messages", totals.messages],
    ["admin.mails", totals.mails_waiting],
  ];
  const format = new Intl.NumberFormat(i18n.language);
  return (
    <section aria-labelledby="admin-health">
      <h2 id="admin-health">{t("admin.health")}</h2>
      <ul className="admin-parts">
        {Object.entries(overview.health).map(([part, state]) => (
          <li key={part} data-state={state} data-testid={`health-${part}`}>
            <Icon name={state === "ok" ? "check" : "warn"} size={16} />
            {t(`admin.part.${part}`, part)} {t(`admin.state.${state}`, state)}
          </li>
        ))}
      </ul>
      <p className="soft">
        {t("admin.version", { version: overview.version, time: since(overview.uptime_s, i18n.language) })}
      </p>
      <dl className="admin-numbers">
        {numbers.map(([label, number]) => (
          <div key={label}>
            <dt>{t(label)}</dt>
            <dd>{format.format(number)}</dd>
          </div>
        ))}
        <div>
          <dt>{t("admin.reports")}</dt>
          <dd>
            <Link to="/reports">{format.format(totals.open_reports)}</Link>
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** What takes room, and whose it is. */
export function Storage({ overview }: { overview: Overview }) {
  const { t, i18n } = useTranslation();
  const { totals, largest } = overview;
  const kept = (count: number, bytes: number): string =>
    t("admin.filesOf", { count, size: sizeText(bytes, i18n.language) });
  return (
    <section aria-labelledby="admin-storage">
      <h2 id="admin-storage">{t("admin.storage")}</h2>
      <dl className="admin-numbers">
        <div>
          <dt>{t("admin.database")}</dt>
          <dd>{sizeText(totals.database_bytes, i18n.language)}</dd>
        </div>
        <div>
          <dt>{t("admin.files")}</dt>
          <dd>{sizeText(totals.files_bytes, i18n.language)}</dd>
        </div>
      </dl>
      <h2>{t("admin.largest")}</h2>
      {largest.length === 0 && <p className="soft">{t("admin.nothingKept")}</p>}
      <ul className="people-list">
        {largest.map((each) => (
          <li key={each.user.id}>
            <Avatar id={each.user.id} name={each.user.display_name} size={32} />
            <span className="grow">
              <strong>{each.user.display_name}</strong>
              <small>@{each.user.username}</small>
            </span>
            <span className="soft">{kept(each.files, each.files_bytes)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
