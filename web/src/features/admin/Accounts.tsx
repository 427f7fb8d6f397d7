import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import type { AccountLine, Operators } from "../../gateway/operators";
import { sizeText } from "../../lib/sizes";
import { toast } from "../../state/ui";
import { Ask } from "../dialogs/Ask";
import { PagesFoot } from "../messages/PagesFoot";
import { dateAndTime } from "../messages/times";
import { nextAfter, usePages } from "../messages/usePages";
import { useWorld } from "../parley";

const PAGE = 20;
const PAUSE_MS = 250;

interface AccountsProps {
  operators: Operators;
  onChange: () => void;
}

/** Who has an account, by user name; and what an operator may do about it. */
export function Accounts({ operators, onChange }: AccountsProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [query, setQuery] = useState("");
  const [changed, setChanged] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setQuery(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was changed is read anew
  const load = useCallback(
    async (after: string | null) => {
      const { accounts, has_more } = await operators.accounts(query, after ?? "", PAGE);
      return { items: accounts, next: nextAfter(accounts, has_more, (line) => line.user.username) };
    },
    [operators, query, changed],
  );
  const pages = usePages(load);
  const done = (): void => {
    setChanged((times) => times + 1);
    onChange();
  };
  return (
    <section aria-labelledby="admin-accounts">
      <h2 id="admin-accounts">{t("admin.accounts")}</h2>
      <Field
        label={t("admin.search")}
        type="search"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        data-testid="accounts-search"
      />
      <ul className="people-list">
        {pages.items.map((line) => (
          <Row key={line.user.id} line={line} operators={operators} onDone={done} />
        ))}
      </ul>
      {pages.items.length === 0 && !pages.loading && pages.failed === null && (
        <p className="soft">{t("admin.none")}</p>
      )}
      <PagesFoot pages={pages} />
    </section>
  );
}

type Deed = "ban" | "unban" | "reset";

function Row({ line, operators, onDone }: { line: AccountLine; operators: Operators; onDone: () => void }) {
  const { t, i18n } = useTranslation();
  const me = useWorld((world) => world.me?.id);
  const [asking, setAsking] = useState<Deed | null>(null);
  const { user, disabled_ms: disabled } = line;
  const files = t("admin.filesOf", {
    count: line.files,
    size: sizeText(line.files_bytes, i18n.language),
  });
  const work: Record<Deed, (reason: string) => Promise<void>> = {
    ban: (reason) => operators.ban(user.id, reason),
    unban: () => operators.unban(user.id),
    reset: () => operators.resetFactors(user.id),
  };
  return (
    <li data-testid={`account-${user.username}`}>
      <Avatar id={user.id} name={user.display_name} size={32} />
      <span className="grow">
        <strong>
          {user.display_name} {line.operator && <span className="admin-tag">{t("admin.operator")}</span>}
        </strong>
        <small>
          @{user.username} · {t("admin.line", { count: line.sessions, files })}
        </small>
        {disabled !== null && (
          <small className="admin-banned">
            {t("admin.bannedSince", { time: dateAndTime(disabled, i18n.language) })}
          </small>
        )}
      </span>
      {!line.operator && user.id !== me && (
        <span className="admin-deeds">
          <Button look="quiet" onClick={() => setAsking("reset")}>
            {t("admin.resetFactor")}
          </Button>
          <Button
            onClick={() => setAsking(disabled === null ? "ban" : "unban")}
            data-testid={`ban-${user.username}`}
          >
            {t(disabled === null ? "admin.ban" : "admin.unban")}
          </Button>
        </span>
      )}
      {asking !== null && (
        <Ask
          title={t(`admin.${asking}Title`, { name: user.display_name })}
          text={t(`admin.${asking}Text`)}
          action={t(asking === "reset" ? "admin.resetFactor" : `admin.${asking}`)}
          reasoned={asking === "ban"}
          work={async (reason) => {
            await work[asking](reason ?? "");
            if (asking === "reset") toast(t("admin.resetDone", { name: user.display_name }));
            onDone();
          }}
          onClose={() => setAsking(null)}
        />
      )}
    </li>
  );
}
