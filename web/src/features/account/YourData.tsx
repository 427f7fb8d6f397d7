import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Switch } from "../../components/Field";
import { withProof } from "../../state/proof";
import { Ask } from "../dialogs/Ask";
import { useParley } from "../parley";
import Ending from "./Ending";
import { useAccountApi } from "./useAccountApi";
import "./account.css";

/** Leaving: for a while, or for good. */
export default function YourData() {
  const { t } = useTranslation();
  const parley = useParley();
  const api = useAccountApi();
  const [asking, setAsking] = useState<"rest" | "end" | null>(null);
  const [all, setAll] = useState(false);
  const leave = (work: () => Promise<unknown>) => async (): Promise<void> => {
    await withProof(work);
    await parley.logOut();
  };
  return (
    <>
      <Ending />
      <section aria-labelledby="data-rest">
        <h2 id="data-rest">{t("data.rest")}</h2>
        <p className="soft">{t("data.restLead")}</p>
        <div className="account-deeds">
          <Button onClick={() => setAsking("rest")} data-testid="deactivate">
            {t("data.rest")}
          </Button>
        </div>
      </section>
      <section aria-labelledby="data-end">
        <h2 id="data-end">{t("data.end")}</h2>
        <p className="soft">{t("data.endLead")}</p>
        <Switch label={t("data.endAll")} hint={t("data.endAllHint")} checked={all} onChange={setAll} />
        <div className="account-deeds">
          <Button look="danger" onClick={() => setAsking("end")} data-testid="delete-account">
            {t("data.end")}
          </Button>
        </div>
      </section>
      {asking === "rest" && (
        <Ask
          title={t("data.restTitle")}
          text={t("data.restText")}
          action={t("data.rest")}
          work={leave(() => api.deactivate())}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === "end" && (
        <Ask
          title={t("data.endTitle")}
          text={t(all ? "data.endTextAll" : "data.endText")}
          action={t("data.end")}
          work={leave(() => api.endAccount(all ? "delete" : "keep"))}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}
