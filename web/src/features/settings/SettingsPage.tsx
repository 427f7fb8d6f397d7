import { Link, Navigate } from "@tanstack/react-router";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import { useWide } from "../../components/useMedia";
import { SECTIONS, type SettingsSection } from "./sections";
import { useLeaving, useLeavingByEscape } from "./useLeaving";
import "../group/group.css";
import "../people/people.css";
import "../shell/page.css";
import "./settings.css";

/** One's settings: their parts stand in the column beside, on a narrow screen before them. */
export default function SettingsPage({ section }: { section: string | undefined }) {
  const wide = useWide();
  useLeavingByEscape();
  const current = SECTIONS.find((each) => each.name === section);
  if (!current) {
    if (section === undefined && !wide) return null;
    return <Navigate to="/settings/$section" params={{ section: "profile" }} replace />;
  }
  return (
    <main className="page" id="main">
      <Head section={current} />
      <div className="page-scroll">
        <div className="page-inner settings-part settings" data-testid={`settings-${current.name}`}>
          <Suspense fallback={<div className="settings-loading" aria-busy="true" />}>
            <current.Part key={current.name} />
          </Suspense>
        </div>
      </div>
    </main>
  );
}

function Head({ section }: { section: SettingsSection }) {
  const { t } = useTranslation();
  const wide = useWide();
  const leave = useLeaving();
  return (
    <header className="conversation-head">
      {!wide && (
        <Link to="/settings" className="icon-button" aria-label={t("settings.back")} data-testid="back">
          <Icon name="back" size={22} />
        </Link>
      )}
      <Icon name={section.icon} />
      <h1>{t(`settings.section.${section.name}`)}</h1>
      <div className="head-tools">
        <button
          type="button"
          className="icon-button"
          aria-label={t("settings.close")}
          title={t("settings.close")}
          onClick={leave}
          data-testid="settings-close"
        >
          <Icon name="close" />
        </button>
      </div>
    </header>
  );
}
