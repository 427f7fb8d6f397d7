import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../../components/Button";
import { Icon, type IconName } from "../../../components/Icon";
import type { Channel } from "../../../gateway/protocol";
import { bitsIn } from "../../../state/channelBits";
import { Permission, type PermissionName } from "../../../state/permissions";
import { type Bits, type Choice, choiceOf, topicsIn, withChoice } from "../../../state/permissionTopics";
import { upkeepOf } from "../../../state/upkeep";
import { useAttempt, useParley, useWorld } from "../../parley";
import { SaveBar } from "../SaveBar";
import { useDraft } from "../useDraft";
import { isTarget, type Target } from "./Overwrites";

interface Props {
  channel: Channel;
  target: Target;
  /** Whether the target stands below. */
  touchable: boolean;
  onRemoved: () => void;
}

const NOTHING: Bits = { allow: 0, deny: 0 };

/** What a channel allows and denies to one role or member. */
export function OverwriteForm({ channel, target, touchable, onRemoved }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const own = useWorld((world) => bitsIn(world, channel.group_id, channel, Date.now()));
  const known = channel.overwrites.find((each) => isTarget(each, target));
  const { allow, deny } = known ?? NOTHING;
  const { value, dirty, set, reset } = useDraft<Bits>({ allow, deny });
  const save = (reason: string | undefined): Promise<void> =>
    upkeepOf(parley).setOverwrite(channel.id, { ...target, ...value }, reason);
  const remove = (): Promise<boolean> =>
    attempt(async () => {
      await upkeepOf(parley).deleteOverwrite(channel.id, target);
      reset();
      onRemoved();
    });
  // Nobody gives what they lack, neither by allowing it nor by no longer denying it.
  const mayChoose = (name: PermissionName, choice: Choice): boolean => {
    if (choice === choiceOf(value, name)) return true;
    const has = (own & Permission[name]) !== 0;
    return choice === "allow" || choiceOf({ allow, deny }, name) === "deny" ? has : true;
  };
  return (
    <div className="permissions">
      {!touchable && <Notice icon="lock">{t("overwrites.aboveYou")}</Notice>}
      {channel.kind === "category" && <p className="soft">{t("overwrites.category")}</p>}
      {topicsIn(channel.kind).map(({ topic, names }) => (
        <section key={topic} aria-labelledby={`overwrite-${topic}`}>
          <h3 id={`overwrite-${topic}`}>{t(`topic.${topic}`)}</h3>
          {names.map((name) => (
            <Tristate
              key={name}
              name={name}
              value={choiceOf(value, name)}
              allowed={(choice) => touchable && mayChoose(name, choice)}
              onChange={(choice) => set(withChoice(value, name, choice))}
            />
          ))}
        </section>
      ))}
      {known && touchable && (
        <Button className="start danger-text" look="quiet" onClick={() => void remove()}>
          {t("overwrites.remove")}
        </Button>
      )}
      <SaveBar dirty={dirty} onReset={reset} onSave={save} />
    </div>
  );
}

const CHOICES: readonly { choice: Choice; icon: IconName }[] = [
  { choice: "deny", icon: "close" },
  { choice: "neutral", icon: "minus" },
  { choice: "allow", icon: "check" },
];

interface TristateProps {
  name: PermissionName;
  value: Choice;
  allowed: (choice: Choice) => boolean;
  onChange: (choice: Choice) => void;
}

function Tristate({ name, value, allowed, onChange }: TristateProps) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <fieldset className="tristate" aria-labelledby={id} data-testid={`overwrite-${name}`}>
      <div className="grow" id={id}>
        {t(`permission.${name}`)}
        <small>{t(`permissionHint.${name}`)}</small>
      </div>
      <div className="tristate-choices">
        {CHOICES.map(({ choice, icon }) => (
          <label key={choice} title={t(`overwrites.${choice}`)} data-choice={choice}>
            <input
              type="radio"
              name={id}
              value={choice}
              checked={value === choice}
              disabled={!allowed(choice)}
              aria-label={t(`overwrites.${choice}`)}
              onChange={() => onChange(choice)}
            />
            <Icon name={icon} size={16} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
