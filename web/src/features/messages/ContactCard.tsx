import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import type { Id } from "../../gateway/protocol";
import { useGo } from "../navigation";
import { nameOf, useAttempt, useMyId, useParley, useWorld } from "../parley";
import { PersonButton } from "../people/PersonButton";
import "./messages.css";

/** Somebody's card, with the way to write to them. */
export function ContactCard({ userId }: { userId: Id }) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const go = useGo();
  const me = useMyId();
  const user = useWorld((world) => world.users[userId]);
  const name = nameOf(user);
  useEffect(() => {
    void parley.people.know(userId);
  }, [parley, userId]);
  const talk = (): Promise<boolean> =>
    attempt(async () => go({ id: await parley.people.converse([userId]), groupId: null }));
  return (
    <div className="card contact-card" data-testid="contact">
      <Avatar id={userId} name={name} size={36} />
      <div className="grow">
        <PersonButton userId={userId} groupId={null} className="card-name">
          {name}
        </PersonButton>
        <small>{user ? `@${user.username}` : t("contact.unknown")}</small>
      </div>
      {user && userId !== me && (
        <Button onClick={() => void talk()} data-testid="contact-message">
          {t("people.message")}
        </Button>
      )}
    </div>
  );
}
