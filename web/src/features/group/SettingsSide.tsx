import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import type { Id } from "../../gateway/protocol";
import { useWorld } from "../parley";
import { type SectionTopic, useSections } from "./sections";
import { useOpenReports } from "./useOpenReports";
import "./group.css";

const TOPICS: readonly SectionTopic[] = ["group", "people", "moderation"];

/** The parts of a group's settings, in the column of its channels. */
export default function SettingsSide({ groupId }: { groupId: Id }) {
  const { t } = useTranslation();
  const name = useWorld((world) => world.groups[groupId]?.group.name ?? "");
  const sections = useSections(groupId);
  const reports = useOpenReports(groupId);
  return (
    <>
      <header className="side-head">
        <Link
          to="/g/$groupId"
          params={{ groupId }}
          className="group-button"
          aria-label={t("groupSettings.backTo", { name })}
          data-testid="settings-back"
        >
          <Icon name="back" size={18} />
          <h2>{name}</h2>
        </Link>
      </header>
      <nav className="channels" aria-label={t("groupSettings.title")}>
        {TOPICS.map((topic) => {
          const some = sections.filter((each) => each.topic === topic);
          if (some.length === 0) return null;
          return (
            <section key={topic} aria-labelledby={`settings-${topic}`}>
              <header>
                <h3 id={`settings-${topic}`}>{t(`groupSettings.topic.${topic}`)}</h3>
              </header>
              <ul>
                {some.map((section) => (
                  <li key={section.name} className="channel settings-link">
                    <Link
                      to="/g/$groupId/settings/$section"
                      params={{ groupId, section: section.name }}
                      activeProps={{ "data-current": true }}
                      data-testid={`section-${section.name}`}
                    >
                      <Icon name={section.icon} size={18} />
                      <span className="channel-name">{t(`groupSettings.${section.name}`)}</span>
                      {section.name === "reports" && reports > 0 && (
                        <span className="badge urgent">{reports}</span>
                      )}
                    </Link>
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
      </nav>
    </>
  );
}
