import { Link, useLocation } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { Icon, type IconName } from "../../components/Icon";
import { openDialog } from "../../state/ui";
import { useOpenReports } from "../group/useOpenReports";
import { useWorld } from "../parley";
import { ConversationList } from "./ConversationList";

/** The column at home: friends, mentions, and the conversations outside of groups. */
export function HomeSide() {
  const { t } = useTranslation();
  return (
    <>
      <header className="side-head">
        <h2>{t("home.title")}</h2>
        <IconButton
          icon="search"
          label={t("shell.switcher")}
          onClick={() => openDialog({ kind: "switcher" })}
        />
      </header>
      <div className="channels">
        <HomeLinks />
        <ConversationList />
      </div>
    </>
  );
}

/** What is beside conversations. */
export function HomeLinks() {
  const { t } = useTranslation();
  const asking = useWorld(
    (world) => Object.values(world.relations).filter((each) => each.kind === "incoming").length,
  );
  const mentions = useWorld((world) =>
    Object.values(world.cursors).reduce((sum, cursor) => sum + cursor.mentions, 0),
  );
  const operator = useWorld((world) => world.me?.operator === true);
  const reports = useOpenReports(null);
  return (
    <nav className="home-links" aria-label={t("home.title")}>
      <ul>
        <HomeLink to="/friends" icon="people" label={t("home.friends")} count={asking} />
        <HomeLink to="/mentions" icon="at" label={t("home.mentions")} count={mentions} />
        {operator && (
          <HomeLink to="/reports" icon="flag" label={t("groupSettings.reports")} count={reports} />
        )}
        {operator && <HomeLink to="/admin" icon="shield" label={t("home.server")} count={0} />}
      </ul>
    </nav>
  );
}

interface HomeLinkProps {
  to: "/friends" | "/mentions" | "/reports" | "/admin";
  icon: IconName;
  label: string;
  count: number;
}

function HomeLink({ to, icon, label, count }: HomeLinkProps) {
  const current = useLocation({ select: (location) => location.pathname === to });
  return (
    <li className="channel" data-current={current || undefined}>
      <Link to={to} aria-current={current ? "page" : undefined} data-testid={`home-${to.slice(1)}`}>
        <Icon name={icon} size={18} />
        <span className="channel-name">{label}</span>
        {count > 0 && <span className="badge urgent">{count}</span>}
      </Link>
    </li>
  );
}
