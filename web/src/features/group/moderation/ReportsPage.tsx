import { useTranslation } from "react-i18next";
import { useWorld } from "../../parley";
import { PageHead } from "../../shell/PageHead";
import { Reports } from "./Reports";
import "../../people/people.css";
import "../group.css";

/** For operators: what people report of conversations outside of groups. */
export default function ReportsPage() {
  const { t } = useTranslation();
  const operator = useWorld((world) => world.me?.operator === true);
  return (
    <main className="page" id="main">
      <PageHead icon="flag" title={t("groupSettings.reports")} />
      <div className="page-scroll">
        <div className="page-inner settings-part">
          {operator ? (
            <>
              <p className="soft">{t("reports.operators")}</p>
              <Reports groupId={null} />
            </>
          ) : (
            <p className="soft">{t("groupSettings.notYours")}</p>
          )}
        </div>
      </div>
    </main>
  );
}
