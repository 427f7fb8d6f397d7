import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Notice } from "../../components/Button";
import { Operators, type Overview } from "../../gateway/operators";
import { useErrorText, useParley, useWorld } from "../parley";
import { PageHead } from "../shell/PageHead";
import { Accounts } from "./Accounts";
import { AnnouncementForm } from "./AnnouncementForm";
import { Health, Storage } from "./Overview";
import "../people/people.css";
import "../group/group.css";
import "./admin.css";

const EVERY_MS = 30_000;

/** For the operators of the server. */
export default function AdminPage() {
  const { t } = useTranslation();
  const operator = useWorld((world) => world.me?.operator === true);
  return (
    <main className="page" id="main">
      <PageHead icon="shield" title={t("home.server")} />
      <div className="page-scroll">
        <div className="page-inner settings-part">
          {operator ? <Parts /> : <p className="soft">{t("admin.notYours")}</p>}
        </div>
      </div>
    </main>
  );
}

function Parts() {
  const parley = useParley();
  const [operators] = useState(() => new Operators(parley.api.rest));
  const [overview, failure, look] = useOverview(operators);
  const say = useErrorText();
  return (
    <>
      {failure !== null && <Notice tone="bad">{say(failure)}</Notice>}
      {overview !== null && <Health overview={overview} />}
      <AnnouncementForm operators={operators} />
      <Accounts operators={operators} onChange={look} />
      {overview !== null && <Storage overview={overview} />}
    </>
  );
}

/** Looked at again and again while the page is open, and whenever something was changed. */
function useOverview(operators: Operators): [Overview | null, unknown, () => void] {
  const [overview, setOverview] = useState<Overview | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const look = useCallback(() => {
    operators.overview().then((found) => {
      setOverview(found);
      setFailure(null);
    }, setFailure);
  }, [operators]);
  useEffect(() => {
    look();
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, [look]);
  return [overview, failure, look];
}
