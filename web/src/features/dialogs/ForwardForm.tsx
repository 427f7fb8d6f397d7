import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Field } from "../../components/Field";
import { Icon } from "../../components/Icon";
import type { Id, SectionInput } from "../../gateway/protocol";
import { likeness } from "../../lib/likeness";
import { newNonce } from "../../state/outbox";
import { may, permissionsOf } from "../../state/permissions";
import { byActivity, channelPlace, type Place, placeOf } from "../../state/places";
import { toast } from "../../state/ui";
import { applyEvent, type World } from "../../state/world";
import { MessageCard } from "../messages/MessageCard";
import { useParley, useWorld } from "../parley";
import { DeedForm } from "./DeedForm";

const SHOWN = 40;

interface Props {
  channelId: Id;
  messageId: Id;
  onClose: () => void;
}

/** Chooses where a copy of a message goes, with a word of one's own if one likes. */
export function ForwardForm({ channelId, messageId, onClose }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const message = useWorld((world) =>
    world.histories[channelId]?.messages.find((each) => each.id === messageId),
  );
  const groupId = useWorld((world) => world.channels[channelId]?.group_id ?? null);
  const world = useWorld((each) => each);
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<Place | null>(null);
  const [comment, setComment] = useState("");
  const found = useMemo(() => placesLike(world, typed), [world, typed]);

  // One nonce for one copy: an answer that was lost, and another press, make no second one.
  const nonce = useRef({ of: "", nonce: "" });
  const work = async (): Promise<void> => {
    if (chosen === null) return;
    const forward: SectionInput = { kind: "forward", channel_id: channelId, message_id: messageId };
    const words: SectionInput[] = comment.trim() === "" ? [] : [{ kind: "text", text: comment.trim() }];
    const of = `${chosen.id} ${comment.trim()}`;
    if (nonce.current.of !== of) nonce.current = { of, nonce: newNonce() };
    const fields = { nonce: nonce.current.nonce, sections: [...words, forward] };
    const written = await parley.api.writeMessage(chosen.id, fields);
    parley.world.setState((before) => applyEvent(before, { type: "message.create", ...written }, Date.now()));
    toast(t("forward.done", { name: chosen.name }));
  };
  return (
    <DeedForm
      action={t("message.forward")}
      testId="forward-send"
      valid={chosen !== null}
      work={work}
      onClose={onClose}
    >
      {message && (
        <div className="forward-preview">
          <MessageCard message={message} groupId={groupId} />
        </div>
      )}
      <Field
        label={t("forward.to")}
        placeholder={t("switcher.placeholder")}
        value={typed}
        autoFocus
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        data-testid="forward-search"
      />
      <div className="picker-list radios" role="radiogroup" aria-label={t("forward.to")}>
        {found.map((place) => (
          <label key={place.id} className="picker-item" data-testid={`forward-${place.name}`}>
            <input
              type="radio"
              name="forward"
              checked={chosen?.id === place.id}
              onChange={() => setChosen(place)}
            />
            {place.kind === "direct" ? (
              <Avatar id={place.id} name={place.name} size={24} />
            ) : (
              <Icon name={place.kind === "group" ? "people" : "hash"} size={18} />
            )}
            <span className="grow">
              <strong>{place.name}</strong>
              {place.groupId !== null && <small>{world.groups[place.groupId]?.group.name}</small>}
            </span>
          </label>
        ))}
        {found.length === 0 && <p className="soft">{t("switcher.none")}</p>}
      </div>
      <Field
        label={t("forward.comment")}
        value={comment}
        maxLength={1000}
        autoComplete="off"
        onChange={(event) => setComment(event.target.value)}
        data-testid="forward-comment"
      />
    </DeedForm>
  );
}

/** Where this person may write, conversations first, by how well the name fits. */
function placesLike(world: World, typed: string): Place[] {
  const conversations = byActivity(Object.values(world.conversations)).flatMap(
    (each) => placeOf(world, each.id) ?? [],
  );
  const channels = Object.values(world.channels)
    .filter((channel) => {
      const state = world.groups[channel.group_id];
      const category = channel.category_id === null ? null : (world.channels[channel.category_id] ?? null);
      return (
        channel.kind === "text" &&
        state !== undefined &&
        may(permissionsOf(state, channel, Date.now(), category), "send_messages")
      );
    })
    .map(channelPlace);
  const score = ({ name, groupId }: Place): number => {
    const around = groupId === null ? "" : (world.groups[groupId]?.group.name ?? "");
    return Math.max(likeness(name, typed) * 2, likeness(`${around} ${name}`, typed));
  };
  return [...conversations, ...channels]
    .map((place, at) => ({ place, at, score: score(place) }))
    .filter((each) => each.score > 0)
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, SHOWN)
    .map((each) => each.place);
}
