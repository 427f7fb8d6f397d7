import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { Icon } from "../../components/Icon";
import type { LogIn } from "../../gateway/account";
import { withProof } from "../../state/proof";
import { Ask } from "../dialogs/Ask";
import { dateAndTime } from "../messages/times";
import { useAttempt } from "../parley";
import { useAccountApi } from "./useAccountApi";
import { useLoaded } from "./useLoaded";

/** Where one is logged in. */
export function LogIns() {
  const { t } = useTranslation();
  const api = useAccountApi();
  const [load] = useState(() => async () => (await api.logIns()).sessions);
  const { value, problem, reload } = useLoaded(load);
  const [asking, setAsking] = useState(false);
  return (
    <section aria-labelledby="security-log-ins" aria-busy={value === null && problem === null}>
      <h2 id="security-log-ins">{t("security.logIns")}</h2>
      <p className="soft">{t("security.logInsLead")}</p>
      {problem !== null && (
        <Notice tone="bad">
          {problem} <Button onClick={reload}>{t("action.retry")}</Button>
        </Notice>
      )}
      <ul className="people-list log-ins" data-testid="log-ins">
        {value?.map((each) => (
          <Row key={each.id} logIn={each} onEnded={reload} />
        ))}
      </ul>
      {value !== null && value.length > 1 && (
        <div className="account-deeds">
          <Button look="danger" onClick={() => setAsking(true)} data-testid="end-others">
            {t("security.endOthers")}
          </Button>
        </div>
      )}
      {asking && (
        <Ask
          title={t("security.endOthersTitle")}
          text={t("security.endOthersText")}
          action={t("security.endOthers")}
          work={async () => {
            await withProof(() => api.endOtherLogIns());
            reload();
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}

function Row({ logIn, onEnded }: { logIn: LogIn; onEnded: () => void }) {
  const { t, i18n } = useTranslation();
  const api = useAccountApi();
  const attempt = useAttempt();
  const [busy, setBusy] = useState(false);
  const end = async (): Promise<void> => {
    setBusy(true);
    await attempt(() => withProof(() => api.endLogIn(logIn.id)));
    setBusy(false);
    onEnded();
  };
  const device = logIn.device || t("security.unknownDevice");
  return (
    <li data-testid={logIn.current ? "log-in-current" : "log-in-other"}>
      <Icon name="shield" />
      <span className="grow">
        <strong>{device}</strong>
        <small>
          {logIn.current ? (
            <span className="current">{t("security.thisOne")}</span>
          ) : (
            t("security.used", { time: dateAndTime(logIn.used_ms, i18n.language) })
          )}
          {" · "}
          {logIn.address}
        </small>
        <small>{t("security.since", { time: dateAndTime(logIn.created_ms, i18n.language) })}</small>
      </span>
      {!logIn.current && (
        <Button
          busy={busy}
          aria-label={t("security.endOne", { device })}
          onClick={() => void end()}
          data-testid="log-in-end"
        >
          {t("settings.logOut")}
        </Button>
      )}
    </li>
  );
}
