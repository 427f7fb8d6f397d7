import { Link, Navigate, useNavigate } from "@tanstack/react-router";
import { type ComponentType, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import { useWide } from "../../components/useMedia";
import type { Id } from "../../gateway/protocol";
import { ui } from "../../state/ui";
import { Gone } from "../conversation/Gone";
import { useWorld } from "../parley";
import { AuditSection } from "./audit/AuditSection";
import { ChannelsSection } from "./channels/ChannelsSection";
import { EmojiSection } from "./EmojiSection";
import { InvitesSection } from "./InvitesSection";
import { MembersSection } from "./MembersSection";
import { BansSection } from "./moderation/BansSection";
import { FiltersSection } from "./moderation/FiltersSection";
import { ReportsSection } from "./moderation/ReportsSection";
import { SafetySection } from "./moderation/SafetySection";
import { OverviewSection } from "./OverviewSection";
import { RolesSection } from "./roles/RolesSection";
import { type Section, type SectionName, useSections } from "./sections";
import "../members/members.css";
import "../people/people.css";
import "../shell/page.css";
import "./group.css";

export interface SectionProps {
  groupId: Id;
  /** What of the section is shown: a role, a channel. */
  item: Id | undefined;
}

const PARTS: Readonly<Record<SectionName, ComponentType<SectionProps>>> = {
  overview: OverviewSection,
  roles: RolesSection,
  channels: ChannelsSection,
  emoji: EmojiSection,
  members: MembersSection,
  invites: InvitesSection,
  bans: BansSection,
  reports: ReportsSection,
  filters: FiltersSection,
  safety: SafetySection,
  audit: AuditSection,
};

interface Props {
  groupId: Id;
  section: string | undefined;
  item: Id | undefined;
}

/** The settings of a group: its parts stand in the column beside, on a narrow screen before it. */
export default function GroupSettings({ groupId, section, item }: Props) {
  const { t } = useTranslation();
  const wide = useWide();
  const known = useWorld((world) => groupId in world.groups);
  const sections = useSections(groupId);
  useClosingByEscape(groupId);
  if (!known) return <Gone />;
  if (section === undefined) {
    if (!wide) return null;
    return (
      <Navigate
        to="/g/$groupId/settings/$section"
        params={{ groupId, section: sections[0]?.name ?? "overview" }}
        replace
      />
    );
  }
  const current = sections.find((each) => each.name === section);
  const Part = current && PARTS[current.name];
  return (
    <main className="page" id="main">
      <Head groupId={groupId} section={current} />
      <div className="page-scroll">
        <div className="page-inner settings-part" data-testid={`settings-${section}`}>
          {Part ? (
            <Part key={`${groupId} ${section} ${item}`} groupId={groupId} item={item} />
          ) : (
            <p className="soft">{t("groupSettings.notYours")}</p>
          )}
        </div>
      </div>
    </main>
  );
}

function Head({ groupId, section }: { groupId: Id; section: Section | undefined }) {
  const { t } = useTranslation();
  const wide = useWide();
  return (
    <header className="conversation-head">
      {!wide && (
        <Link
          to="/g/$groupId/settings"
          params={{ groupId }}
          className="icon-button"
          aria-label={t("groupSettings.back")}
          data-testid="back"
        >
          <Icon name="back" size={22} />
        </Link>
      )}
      {section && <Icon name={section.icon} />}
      <h1>{t(section ? `groupSettings.${section.name}` : "groupSettings.title")}</h1>
      <div className="head-tools">
        <Link
          to="/g/$groupId"
          params={{ groupId }}
          className="icon-button"
          aria-label={t("groupSettings.close")}
          title={t("groupSettings.close")}
          data-testid="settings-close"
        >
          <Icon name="close" />
        </Link>
      </div>
    </header>
  );
}

/** Escape leads back to the group, where nothing else has a use for it. */
function useClosingByEscape(groupId: Id): void {
  const navigate = useNavigate();
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.defaultPrevented || ui.getState().dialog !== null) return;
      if ((event.target as Element).closest("[role=dialog], [role=alertdialog], input, textarea, select"))
        return;
      void navigate({ to: "/g/$groupId", params: { groupId } });
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [navigate, groupId]);
}
