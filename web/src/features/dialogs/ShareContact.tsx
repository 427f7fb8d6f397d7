import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Id, Section, User } from "../../gateway/protocol";
import { useParley } from "../parley";
import { PeoplePicker } from "../people/PeoplePicker";
import { DialogFoot } from "./DialogFoot";

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
      <DialogFoot
        action={t("composer.send")}
        valid={chosen.length > 0}
        testId="contact-send"
        onClose={onClose}
      />
    </form>
  );
}
