import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

/** The address leads to a place that is not there, or not for this person. */
export function Gone() {
  const { t } = useTranslation();
  return (
    <main className="blank" id="main">
      <h2>{t("channel.goneTitle")}</h2>
      <p>{t("channel.gone")}</p>
      <Link to="/home" className="button">
        {t("shell.home")}
      </Link>
    </main>
  );
}
