import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useWide } from "../../components/useMedia";
import { openDialog } from "../../state/ui";
import { nameOf, useAttempt, useGroups, useParley, useWorld } from "../parley";
import { ConversationList } from "./ConversationList";
import { HomeLinks } from "./HomeSide";

export function Home() {
  const { t } = useTranslation();
  const additions = useWorld((world) => world.additions);
  const groups = useGroups();
  const wide = useWide();
  const name = useWorld((world) => world.me?.display_name || world.me?.username || "");
  return (
    <main className="home" id="main">
      <div className="home-inner">
        <h1>{t("home.hello", { name })}</h1>
        {!wide && (
          <div className="home-narrow">
            <HomeLinks />
            <ConversationList />
          </div>
        )}
        {additions.length > 0 && (
          <section aria-labelledby="asked">
            <h2 id="asked">{t("home.asked")}</h2>
            <ul className="card-list">
              {additions.map((addition) => (
                <Asked key={addition.id} id={addition.id} />
              ))}
            </ul>
          </section>
        )}
        <section className="home-start">
          <h2>{t(groups.length === 0 ? "home.emptyTitle" : "home.moreTitle")}</h2>
          <p>{t("home.lead")}</p>
          <Button
            look={groups.length === 0 ? "primary" : "usual"}
            onClick={() => openDialog({ kind: "newGroup" })}
          >
            <Icon name="plus" size={18} />
            {t("home.newGroup")}
          </Button>
          <p className="home-hint">{t("home.invited")}</p>
        </section>
        <section className="home-keys">
          <h2>{t("home.keys")}</h2>
          <dl className="keys">
            <dt>
              <kbd>Ctrl</kbd> <kbd>K</kbd>
            </dt>
            <dd>{t("keys.switcher")}</dd>
            <dt>
              <kbd>Ctrl</kbd> <kbd>F</kbd>
            </dt>
            <dd>{t("keys.search")}</dd>
            <dt>
              <kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>M</kbd>
            </dt>
            <dd>{t("keys.mute")}</dd>
            <dt>
              <kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>D</kbd>
            </dt>
            <dd>{t("keys.deafen")}</dd>
            <dt>
              <kbd>Alt</kbd> <kbd>Shift</kbd> <kbd>↓</kbd>
            </dt>
            <dd>{t("keys.nextUnread")}</dd>
          </dl>
        </section>
      </div>
    </main>
  );
}

function Asked({ id }: { id: string }) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const navigate = useNavigate();
  const addition = useWorld((world) => world.additions.find((each) => each.id === id));
  if (!addition) return null;
  const accept = (): Promise<boolean> =>
    attempt(async () => {
      const view = await parley.api.acceptAddition(id);
      parley.entered(view);
      parley.answered(id);
      await navigate({ to: "/g/$groupId", params: { groupId: view.group.id } });
    });
  const refuse = (): Promise<boolean> =>
    attempt(async () => {
      await parley.api.refuseAddition(id);
      parley.answered(id);
    });
  return (
    <li>
      <Avatar id={addition.group_id} name={addition.group_name} />
      <div className="grow">
        <strong>{addition.group_name}</strong>
        <small>{t("home.askedBy", { name: nameOf(addition.inviter) })}</small>
      </div>
      <Button look="quiet" onClick={() => void refuse()} data-testid="addition-refuse">
        {t("home.refuse")}
      </Button>
      <Button look="primary" onClick={() => void accept()} data-testid="addition-accept">
        {t("home.accept")}
      </Button>
    </li>
  );
}
