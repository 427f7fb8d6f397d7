import { type ChangeEvent, type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import type { Emoji } from "../../gateway/protocol";
import { upkeepOf } from "../../state/upkeep";
import { Ask } from "../dialogs/Ask";
import { useAccount, useAttempt, useName, useParley, useWorld } from "../parley";
import { EmojiUpload } from "./EmojiUpload";
import type { SectionProps } from "./GroupSettings";

const NONE: readonly Emoji[] = [];
/** As the server has it. */
export const EMOJI_NAME = /^[a-zA-Z0-9_]{2,32}$/;

/** The group's own emoji. */
export function EmojiSection({ groupId }: SectionProps) {
  const { t, i18n } = useTranslation();
  const emojis = useWorld((world) => world.groups[groupId]?.emojis ?? NONE);
  const max = useAccount((account) => account.server?.limits.emojis_per_group ?? 100);
  const [files, setFiles] = useState<readonly File[]>([]);
  const picker = useRef<HTMLInputElement>(null);
  const sorted = [...emojis].sort((a, b) => a.name.localeCompare(b.name, i18n.language));
  const picked = (event: ChangeEvent<HTMLInputElement>): void => {
    const chosen = [...(event.target.files ?? [])];
    event.target.value = "";
    setFiles((before) => [...before, ...chosen].slice(0, max - emojis.length));
  };
  return (
    <>
      <div className="part-intro">
        <p className="soft">{t("emojis.lead", { max })}</p>
        <input
          ref={picker}
          type="file"
          hidden
          multiple
          accept="image/png,image/gif,image/webp,image/jpeg"
          onChange={picked}
          data-testid="emoji-file"
        />
        <Button
          look="primary"
          disabled={emojis.length >= max}
          onClick={() => picker.current?.click()}
          data-testid="emoji-add"
        >
          <Icon name="plus" size={18} />
          {t("emojis.add")}
        </Button>
      </div>
      {files.length > 0 && (
        <section aria-labelledby="emoji-new">
          <h2 id="emoji-new">{t("emojis.new")}</h2>
          <ul className="rows">
            {files.map((file) => (
              <EmojiUpload
                key={`${file.name} ${file.lastModified} ${file.size}`}
                groupId={groupId}
                file={file}
                onDone={() => setFiles((before) => before.filter((each) => each !== file))}
              />
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="emoji-all">
        <h2 id="emoji-all">{t("emojis.count", { count: emojis.length, max })}</h2>
        {emojis.length === 0 && <p className="soft">{t("emojis.none")}</p>}
        <ul className="rows">
          {sorted.map((emoji) => (
            <EmojiRow key={emoji.id} emoji={emoji} />
          ))}
        </ul>
      </section>
    </>
  );
}

function EmojiRow({ emoji }: { emoji: Emoji }) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const maker = useName(emoji.creator_id, emoji.group_id);
  const [name, setName] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const rename = (event: FormEvent): void => {
    event.preventDefault();
    if (name === null) return;
    void attempt(() => upkeepOf(parley).renameEmoji(emoji, name.trim())).then(
      (done) => done && setName(null),
    );
  };
  return (
    <li className="row-item" data-testid={`emoji-${emoji.name}`}>
      <img className="emoji-picture" src={`/api/emojis/${emoji.id}`} alt="" width={32} height={32} />
      {name === null ? (
        <span className="grow">
          <strong>:{emoji.name}:</strong>
          <small>{t("emojis.by", { name: maker })}</small>
        </span>
      ) : (
        <form className="with-button grow" onSubmit={rename}>
          <input
            className="input"
            aria-label={t("emojis.name")}
            value={name}
            maxLength={32}
            // biome-ignore lint/a11y/noAutofocus: one opened it to type
            autoFocus
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => event.key === "Escape" && setName(null)}
          />
          <Button type="submit" look="primary" disabled={!EMOJI_NAME.test(name.trim())}>
            {t("action.save")}
          </Button>
        </form>
      )}
      <IconButton
        icon="edit"
        size={18}
        label={t("emojis.rename", { name: emoji.name })}
        aria-pressed={name !== null}
        onClick={() => setName(name === null ? emoji.name : null)}
      />
      <IconButton
        icon="trash"
        size={18}
        className="danger"
        label={t("emojis.delete", { name: emoji.name })}
        onClick={() => setAsking(true)}
      />
      {asking && (
        <Ask
          title={t("emojis.deleteTitle", { name: emoji.name })}
          text={t("emojis.deleteText")}
          action={t("emojis.deleteAction")}
          reasoned
          work={(reason) => upkeepOf(parley).deleteEmoji(emoji, reason)}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}
