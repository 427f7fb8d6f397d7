import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Icon, type IconName } from "../../components/Icon";
import { useWide } from "../../components/useMedia";
import "./page.css";

/** The head of a page beside the conversations, with the way back on a narrow screen. */
export function PageHead({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  const { t } = useTranslation();
  const wide = useWide();
  return (
    <header className="conversation-head">
      {!wide && (
        <Link to="/home" className="icon-button" aria-label={t("shell.backHome")} data-testid="back">
          <Icon name="back" size={22} />
        </Link>
      )}
      <Icon name={icon} />
      <h1>{title}</h1>
      {children}
    </header>
  );
}
