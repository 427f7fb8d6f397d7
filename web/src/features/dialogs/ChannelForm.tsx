import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button";
import { Choices, Field, Select, Switch } from "../../components/Field";
import type { ChannelKind, Id } from "../../gateway/protocol";
import { upkeepOf } from "../../state/upkeep";
import { useAccount, useChannels, useErrorText, useParley } from "../parley";

interface Props {
  groupId: Id;
  kind: ChannelKind;
  categoryId: Id | undefined;
  onClose: () => void;
}

const NO_CATEGORY = "none";

/** Makes a channel, or a category. */
export function ChannelForm({ groupId, kind: first, categoryId, onClose }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const navigate = useNavigate();
  const limits = useAccount((account) => account.server?.limits);
  const categories = useChannels(groupId).filter((each) => each.kind === "category");
  const [kind, setKind] = useState<ChannelKind>(first);
  const [name, setName] = useState("");
  const [topic, setTopic] = useState("");
  const [category, setCategory] = useState(categoryId ?? NO_CATEGORY);
  const [hidden, setHidden] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const isCategory = kind === "category";

  const save = async (): Promise<void> => {
    const channel = await upkeepOf(parley).createChannel(groupId, {
      name: name.trim(),
      kind,
      ...(kind === "text" && topic.trim() !== "" ? { topic: topic.trim() } : {}),
      ...(isCategory || category === NO_CATEGORY ? {} : { category_id: category }),
      ...(hidden ? { private: true } : {}),
    });
    if (kind !== "text") return;
    await navigate({ to: "/g/$groupId/c/$channelId", params: { groupId, channelId: channel.id } });
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
      {!isCategory && (
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
      {!isCategory && categories.length > 0 && (
        <Select
          label={t("channel.category")}
          value={category}
          options={[
            { value: NO_CATEGORY, label: t("channel.noCategory") },
            ...categories.map((each) => ({ value: each.id, label: each.name })),
          ]}
          onChange={setCategory}
          testId="channel-category"
        />
      )}
      <Switch
        label={t(isCategory ? "channel.privateCategory" : "channel.isPrivate")}
        hint={t("channel.privateNewHint")}
        checked={hidden}
        onChange={setHidden}
        testId="channel-private"
      />
      <div className="dialog-foot">
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
          {t(isCategory ? "channel.createCategory" : "channel.create")}
        </Button>
      </div>
    </form>
  );
}
