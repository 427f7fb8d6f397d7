import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Choices, Field, Select, Switch } from "../../components/Field";
import type { ChannelKind, Id } from "../../gateway/protocol";
import { upkeepOf } from "../../state/upkeep";
import { useAccount, useChannels, useParley } from "../parley";
import { useDeed } from "../useDeed";
import { DialogFoot } from "./DialogFoot";

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
  const navigate = useNavigate();
  const limits = useAccount((account) => account.server?.limits);
  const categories = useChannels(groupId).filter((each) => each.kind === "category");
  const [kind, setKind] = useState<ChannelKind>(first);
  const [name, setName] = useState("");
  const [topic, setTopic] = useState("");
  const [category, setCategory] = useState(categoryId ?? NO_CATEGORY);
  const [hidden, setHidden] = useState(false);
  const { busy, problem, run } = useDeed();
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
    if (await run(save)) onClose();
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
        problem={problem}
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
      <DialogFoot
        action={t(isCategory ? "channel.createCategory" : "channel.create")}
        busy={busy}
        valid={name.trim() !== ""}
        testId="channel-save"
        onClose={onClose}
      />
    </form>
  );
}
