import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import type { Id, Section, User } from "../../gateway/protocol";
import { useParley } from "../parley";
import { PeoplePicker } from "../people/PeoplePicker";

const MAX = 5;

/** Sends the cards of people. */
export function ShareContact({ channelId, onClose }: { channelId: Id; onClose: () => void }) {
  const { t } = useTranslation();
  const parley = useParley();
  const [chosen, setChosen] = useState<User[]>([]);
  const send = (): void => {
    const sections = chosen.map((user): Section => ({ kind: "contact", user_id: user.id }));
    parley.outbox.send(channelId, sections);
    onClose();
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen.length > 0) send();
      }}
    >
      <PeoplePicker label={t("people.search")} chosen={chosen} onChange={setChosen} max={MAX} />
      <div className="dialog-foot">
        <Button look="quiet" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button type="submit" look="primary" disabled={chosen.length === 0} data-testid="contact-send">
          {t("composer.send")}
        </Button>
      </div>
    </form>
  );
}
