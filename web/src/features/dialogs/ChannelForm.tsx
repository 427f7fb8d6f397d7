import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Choices, Field } from "../../components/Field";
import type { ChannelKind } from "../../gateway/protocol";
import { openDialog } from "../../state/ui";
import { useAccount, useErrorText, useParley, useWorld } from "../parley";

type Props = { onClose: () => void } & (
  | { groupId: string; kind: ChannelKind; channelId?: never }
  | { channelId: string; groupId?: never; kind?: never }
);

/** Makes a channel, or changes one. */
export function ChannelForm({ onClose, ...what }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const navigate = useNavigate();
  const limits = useAccount((account) => account.server?.limits);
  const known = useWorld((world) => (what.channelId ? world.channels[what.channelId] : undefined));
  const [kind, setKind] = useState<ChannelKind>(known?.kind ?? what.kind ?? "text");
  const [name, setName] = useState(known?.name ?? "");
  const [topic, setTopic] = useState(known?.topic ?? "");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  const save = async (): Promise<void> => {
    if (what.channelId !== undefined) {
      await parley.api.updateChannel(what.channelId, { name: name.trim(), topic: topic.trim() });
      return;
    }
    const channel = await parley.api.createChannel(what.groupId, {
      name: name.trim(),
      kind,
      ...(topic.trim() === "" ? {} : { topic: topic.trim() }),
    });
    if (kind === "text") {
      parley.shown(channel);
      await navigate({
        to: "/g/$groupId/c/$channelId",
        params: { groupId: what.groupId, channelId: channel.id },
      });
    }
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      await save();
      onClose();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      {what.channelId === undefined && (
        <Choices
          label={t("channel.kind")}
          value={kind}
          onChange={setKind}
          options={[
            { value: "text", label: t("channel.text") },
            { value: "voice", label: t("channel.voice") },
          ]}
        />
      )}
      <Field
        label={t("channel.name")}
        value={name}
        maxLength={limits?.channel_name_max ?? 100}
        autoFocus
        autoComplete="off"
        onChange={(event) => setName(event.target.value)}
        problem={failure === null ? null : say(failure)}
        data-testid="channel-name"
      />
      {kind === "text" && (
        <Field
          label={t("channel.topic")}
          hint={t("channel.topicHint")}
          value={topic}
          maxLength={limits?.topic_max ?? 1024}
          autoComplete="off"
          onChange={(event) => setTopic(event.target.value)}
          data-testid="channel-topic"
        />
      )}
      <div className="dialog-foot">
        {what.channelId !== undefined && (
          <Button
            look="quiet"
            className="danger-text"
            onClick={() => openDialog({ kind: "deleteChannel", channelId: what.channelId })}
            data-testid="channel-delete"
          >
            {t("channel.delete")}
          </Button>
        )}
        <span className="grow" />
        <Button look="quiet" onClick={onClose}>
          {t("action.cancel")}
        </Button>
        <Button
          type="submit"
          look="primary"
          busy={busy}
          disabled={name.trim() === ""}
          data-testid="channel-save"
        >
          {t(what.channelId === undefined ? "channel.create" : "action.save")}
        </Button>
      </div>
    </form>
  );
}
