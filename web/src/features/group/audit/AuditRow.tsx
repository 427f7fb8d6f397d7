import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../../components/Avatar";
import type { AuditEntry, Id } from "../../../gateway/protocol";
import { hexColour } from "../../../lib/colour";
import { duration } from "../../../lib/durations";
import { idTimeMs } from "../../../lib/ids";
import { FOR_GOOD_MS } from "../../../state/levels";
import { namesOf } from "../../../state/permissionTopics";
import { dateAndTime } from "../../messages/times";
import { useName, useWorld } from "../../parley";
import { type Detail, detailsOf, sentenceOf } from "./auditWords";

/** Signs that nobody writes, in the places of names. */
const ACTOR = "\ue000";
const TARGET = "\ue001";
const ROLE = "\ue002";

/** One entry: a sentence, why, and what is now so. */
export function AuditRow({ entry }: { entry: AuditEntry }) {
  const { t, i18n } = useTranslation();
  const actor = useName(entry.actor_id, entry.group_id);
  const target = useTargetName(entry);
  const role = useRoleName(entry.group_id, entry.changes["role_id"]);
  const details = detailsOf(entry);
  // The names stand out of the sentence, wherever the language puts them.
  const sentence = t(sentenceOf(entry), { actor: ACTOR, target: TARGET, role: ROLE, action: entry.action });
  return (
    <li data-testid="audit-entry" data-action={entry.action}>
      <Avatar id={entry.actor_id} name={actor} size={32} />
      <div className="grow">
        <p>{withNames(sentence, { [ACTOR]: actor, [TARGET]: target, [ROLE]: role })}</p>
        {entry.reason !== "" && <p className="reason">{entry.reason}</p>}
        {details.length > 0 && (
          <dl>
            {details.map((detail) => (
              <div key={detail.name}>
                <dt>
                  {i18n.exists(`audit.field.${detail.name}`) ? t(`audit.field.${detail.name}`) : detail.name}
                </dt>
                <dd>
                  <Value groupId={entry.group_id} detail={detail} />
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
      <time>{dateAndTime(idTimeMs(entry.id), i18n.language)}</time>
    </li>
  );
}

/** The text with names in the places of their signs. */
function withNames(text: string, names: Readonly<Record<string, string>>): ReactNode[] {
  return text.split(/([\ue000-\ue002])/).map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a sentence does not change its parts
    <Fragment key={at}>{part in names ? <strong>{names[part]}</strong> : part}</Fragment>
  ));
}

function useTargetName({ group_id, target_kind, target_id, changes }: AuditEntry): string {
  const { t } = useTranslation();
  const id = target_id ?? "";
  const named = typeof changes["name"] === "string" ? changes["name"] : null;
  const member = useName(target_kind === "member" ? id : "", group_id);
  const channel = useWorld((world) => world.channels[target_kind === "channel" ? id : ""]?.name);
  const group = useWorld((world) => world.groups[group_id]);
  switch (target_kind) {
    case "group":
      return group?.group.name ?? "";
    case "member":
      return member;
    case "channel":
      return `#${channel ?? named ?? t("mention.channelGone")}`;
    case "role":
      return id === group_id
        ? t("roles.everyone")
        : (group?.roles.find((each) => each.id === id)?.name ?? named ?? t("mention.roleGone"));
    case "emoji":
      return `:${group?.emojis.find((each) => each.id === id)?.name ?? named ?? "…"}:`;
    case "filter":
      return named ?? "…";
    default:
      return id;
  }
}

function useRoleName(groupId: Id, role: unknown): string {
  const { t } = useTranslation();
  const name = useWorld((world) => world.groups[groupId]?.roles.find((each) => each.id === role)?.name);
  return name ?? t("mention.roleGone");
}

function Value({ groupId, detail: { kind, value } }: { groupId: Id; detail: Detail }): ReactNode {
  const { t, i18n } = useTranslation();
  const role = useRoleName(groupId, value);
  const person = useName(kind === "user" ? String(value) : "", groupId);
  const channel = useWorld((world) => world.channels[String(value)]?.name);
  switch (kind) {
    case "bits": {
      const names = namesOf(Number(value)).map((each) => t(`permission.${each}`));
      return names.length === 0 ? t("audit.nothing") : names.join(", ");
    }
    case "time":
      return value === FOR_GOOD_MS ? t("audit.forGood") : dateAndTime(Number(value), i18n.language);
    case "seconds":
      return value === 0 ? t("audit.nothing") : duration(Number(value), i18n.language);
    case "colour":
      return hexColour(Number(value));
    case "role":
      return role;
    case "user":
      return person;
    case "channel":
      return `#${channel ?? t("mention.channelGone")}`;
    case "choice":
      return i18n.exists(`audit.value.${value}`) ? t(`audit.value.${value}`) : String(value);
    case "yes":
      return t(value === true ? "audit.yes" : "audit.no");
    default:
      return typeof value === "boolean" ? t(value ? "audit.yes" : "audit.no") : String(value);
  }
}
