import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import { useParley } from "../parley";
import { SECTIONS, type SettingsTopic } from "./sections";
import { useLeaving } from "./useLeaving";
import "../group/group.css";

const TOPICS: readonly SettingsTopic[] = ["account", "app"];

/** The parts of one's settings, in the column of the channels. */
export default function SettingsSide() {
  const { t } = useTranslation();
  const leave = useLeaving();
  return (
    <>
      <header className="side-head">
        <button
          type="button"
          className="group-button"
          aria-label={t("settings.leave")}
          onClick={leave}
          data-testid="settings-back"
        >
          <Icon name="back" size={18} />
          <h2>{t("settings.title")}</h2>
        </button>
      </header>
      <nav className="channels" aria-label={t("settings.title")}>
        {TOPICS.map((topic) => (
          <section key={topic} aria-labelledby={`settings-${topic}`}>
            <header>
              <h3 id={`settings-${topic}`}>{t(`settings.topic.${topic}`)}</h3>
            </header>
            <ul>
              {SECTIONS.filter((each) => each.topic === topic).map(({ name, icon }) => (
                <li key={name} className="channel settings-link">
                  <Link
                    to="/settings/$section"
                    params={{ section: name }}
                    activeProps={{ "data-current": true }}
                    data-testid={`section-${name}`}
                  >
                    <Icon name={icon} size={18} />
                    <span className="channel-name">{t(`settings.section.${name}`)}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
        <LogOut />
      </nav>
    </>
  );
}

function LogOut() {
  const { t } = useTranslation();
  const parley = useParley();
  const navigate = useNavigate();
  const out = async (): Promise<void> => {
    await navigate({ to: "/" });
    await parley.logOut();
  };
  return (
    <ul className="settings-out">
      <li className="channel settings-link">
        <button type="button" onClick={() => void out()} data-testid="log-out">
          <Icon name="exit" size={18} />
          <span className="channel-name">{t("settings.logOut")}</span>
        </button>
      </li>
    </ul>
  );
}
