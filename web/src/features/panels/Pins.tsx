import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton, Notice } from "../../components/Button";
import type { Message } from "../../gateway/protocol";
import type { Place } from "../../state/places";
import { withMembers, withUsers } from "../../state/world";
import { MessageCard } from "../messages/MessageCard";
import { useGo } from "../navigation";
import { useAttempt, useErrorText, useMay, useParley, useWorld } from "../parley";
import { PanelBones } from "./SidePanel";

/** The pinned messages of a place, last pinned first. */
export default function Pins({ place }: { place: Place }) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const say = useErrorText();
  const go = useGo();
  const may = useMay(place.groupId, place.id);
  const [pins, setPins] = useState<readonly Message[] | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  // Pinning and unpinning tell the message anew: look again when one in view changes its state.
  const pinned = useWorld((world) =>
    (world.histories[place.id]?.messages ?? [])
      .filter((each) => each.pinned)
      .map((each) => each.id)
      .join(" "),
  );
  const load = useCallback(async (): Promise<void> => {
    setFailure(null);
    try {
      const page = await parley.api.pins(place.id);
      parley.world.setState((world) => ({
        users: withUsers(world.users, page.users),
        memberships: withMembers(world.memberships, page.members),
      }));
      setPins(page.messages);
    } catch (error) {
      setFailure(error);
    }
  }, [parley, place.id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: pinned messages have changed
  useEffect(() => {
    void load();
  }, [load, pinned]);

  if (failure !== null)
    return (
      <div className="pages-foot">
        <Notice tone="bad">{say(failure)}</Notice>
        <Button onClick={() => void load()}>{t("action.retry")}</Button>
      </div>
    );
  if (pins === null) return <PanelBones />;
  if (pins.length === 0)
    return (
      <div className="blank">
        <p>{t("pins.empty")}</p>
      </div>
    );
  const unpin = (message: Message): Promise<boolean> =>
    attempt(async () => {
      await parley.api.unpin(place.id, message.id);
      setPins((all) => all?.filter((each) => each.id !== message.id) ?? null);
    });
  return (
    <ul className="result-list panel-scroll" data-testid="pins">
      {pins.map((message) => (
        <li key={message.id} className="result">
          <MessageCard message={message} groupId={place.groupId} />
          <div className="result-tools">
            <Button onClick={() => void go(place, message.id)} data-testid="pin-jump">
              {t("action.jump")}
            </Button>
            {may("pin_messages") && (
              <IconButton icon="close" label={t("message.unpin")} onClick={() => void unpin(message)} />
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
