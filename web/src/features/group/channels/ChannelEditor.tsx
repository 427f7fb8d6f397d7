import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button";
import { Field, Select } from "../../../components/Field";
import { Icon } from "../../../components/Icon";
import type { Channel } from "../../../gateway/protocol";
import { upkeepOf } from "../../../state/upkeep";
import { Ask } from "../../dialogs/Ask";
import { useAccount, useChannels, useMay, useParley } from "../../parley";
import { SaveBar } from "../SaveBar";
import { useDraft } from "../useDraft";
import { KIND_ICON } from "./ChannelOrder";
import { Overwrites } from "./Overwrites";
import { useSlowModes } from "./useSlowModes";

/** One channel, or a category: what it is called, where it stands, and who may do what in it. */
export function ChannelEditor({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const may = useMay(channel.group_id, channel.id);
  return (
    <>
      <div className="item-head">
        <Link
          to="/g/$groupId/settings/$section"
          params={{ groupId: channel.group_id, section: "channels" }}
          className="icon-button"
          aria-label={t("channels.back")}
          data-testid="channels-back"
        >
          <Icon name="back" />
        </Link>
        <Icon name={KIND_ICON[channel.kind]} />
        <h2>{channel.name}</h2>
      </div>
      <Tabs className="tabs" defaultSelectedKey={may("manage_channels") ? "overview" : "rights"}>
        <TabList className="choices" aria-label={t("channels.parts")}>
          {may("manage_channels") && <Tab id="overview">{t("groupSettings.overview")}</Tab>}
          {may("manage_roles") && (
            <Tab id="rights" data-testid="channel-rights">
              {t("roles.rights")}
            </Tab>
          )}
        </TabList>
        <TabPanel id="overview" className="tab-panel">
          <Overview channel={channel} />
        </TabPanel>
        <TabPanel id="rights" className="tab-panel">
          <Overwrites channel={channel} />
        </TabPanel>
      </Tabs>
    </>
  );
}

const NO_CATEGORY = "none";

function Overview({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const parley = useParley();
  const limits = useAccount((account) => account.server?.limits);
  const categories = useChannels(channel.group_id).filter((each) => each.kind === "category");
  const { name, topic, slow_mode_s, category_id } = channel;
  const { value, changes, dirty, set, reset } = useDraft({ name, topic, slow_mode_s, category_id });
  const slowModes = useSlowModes(value.slow_mode_s);
  const save = (reason: string | undefined): Promise<void> => {
    const change = { ...changes };
    if (change.name !== undefined) change.name = change.name.trim();
    if (change.topic !== undefined) change.topic = change.topic.trim();
    return upkeepOf(parley).updateChannel(channel.id, change, reason);
  };
  return (
    <>
      <section className="form">
        <Field
          label={t("channel.name")}
          value={value.name}
          maxLength={limits?.channel_name_max ?? 100}
          autoComplete="off"
          onChange={(event) => set({ name: event.target.value })}
          data-testid="channel-name"
        />
        {channel.kind !== "category" && (
          <Field
            label={t("channel.topic")}
            hint={t("channel.topicHint")}
            value={value.topic}
            maxLength={limits?.topic_max ?? 1024}
            autoComplete="off"
            onChange={(event) => set({ topic: event.target.value })}
            data-testid="channel-topic"
          />
        )}
        {channel.kind !== "category" && categories.length > 0 && (
          <Select
            label={t("channel.category")}
            value={value.category_id ?? NO_CATEGORY}
            options={[
              { value: NO_CATEGORY, label: t("channel.noCategory") },
              ...categories.map((each) => ({ value: each.id, label: each.name })),
            ]}
            onChange={(id) => set({ category_id: id === NO_CATEGORY ? null : id })}
            testId="channel-category"
          />
        )}
        {channel.kind === "text" && (
          <div>
            <Select
              label={t("channel.slowMode")}
              value={String(value.slow_mode_s)}
              options={slowModes}
              onChange={(seconds) => set({ slow_mode_s: Number(seconds) })}
              testId="channel-slow-mode"
            />
            <p className="hint">{t("channel.slowModeHint")}</p>
          </div>
        )}
      </section>
      <Delete channel={channel} />
      <SaveBar dirty={dirty} valid={value.name.trim() !== ""} onReset={reset} onSave={save} />
    </>
  );
}

function Delete({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const parley = useParley();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const category = channel.kind === "category";
  return (
    <section className="form settings-danger">
      <Button className="danger-text" onClick={() => setAsking(true)} data-testid="channel-delete">
        {t(category ? "channel.deleteCategory" : "channel.delete")}
      </Button>
      {asking && (
        <Ask
          title={t(category ? "channel.deleteCategoryTitle" : "channel.deleteTitle")}
          text={t(category ? "channel.deleteCategoryText" : "channel.deleteText", { name: channel.name })}
          action={t(category ? "channel.deleteCategory" : "channel.delete")}
          reasoned
          work={async (reason) => {
            await upkeepOf(parley).deleteChannel(channel, reason);
            await navigate({
              to: "/g/$groupId/settings/$section",
              params: { groupId: channel.group_id, section: "channels" },
            });
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}
