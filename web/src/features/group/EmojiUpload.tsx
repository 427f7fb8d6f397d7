import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../../components/Button";
import type { Id } from "../../gateway/protocol";
import { upkeepOf } from "../../state/upkeep";
import { useAccount, useParley } from "../parley";
import { useDeed } from "../useDeed";
import { EMOJI_NAME } from "./EmojiSection";

interface Props {
  groupId: Id;
  file: File;
  onDone: () => void;
}

/** A name from that of the file, as far as it can be one. */
export function nameFrom(fileName: string): string {
  const stem = fileName.replace(/\.[^.]*$/, "").normalize("NFKD");
  return stem
    .replace(/[\s.-]+/g, "_")
    .replace(/\W/g, "")
    .replace(/^_+|_+$/g, "")
    .toLowerCase()
    .slice(0, 32);
}

/** A picture that was chosen: how it will look, and how it is called. */
export function EmojiUpload({ groupId, file, onDone }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const maxBytes = useAccount((account) => account.server?.limits.emoji_max_bytes ?? 512 * 1024);
  const [name, setName] = useState(() => nameFrom(file.name));
  const deed = useDeed();
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  const tooLarge = file.size > maxBytes;
  const valid = EMOJI_NAME.test(name);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (await deed.run(() => upkeepOf(parley).createEmoji(groupId, name, file))) onDone();
  };
  const problem = tooLarge
    ? t("emojis.tooLarge", { max: Math.floor(maxBytes / 1024) })
    : (deed.problem ?? (valid ? null : t("emojis.nameHint")));
  return (
    <li className="row-item">
      <span className="emoji-preview">
        <img className="emoji-picture" src={url} alt="" width={32} height={32} />
        <img className="emoji-picture" src={url} alt="" width={18} height={18} />
      </span>
      <form className="grow" onSubmit={(event) => void submit(event)}>
        <div className="with-button">
          <input
            className="input"
            aria-label={t("emojis.name")}
            value={name}
            maxLength={32}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
            data-testid="emoji-name"
          />
          <Button
            type="submit"
            look="primary"
            busy={deed.busy}
            disabled={!valid || tooLarge}
            data-testid="emoji-save"
          >
            {t("emojis.upload")}
          </Button>
        </div>
        {problem !== null && <small className="problem">{problem}</small>}
      </form>
      <IconButton icon="close" size={18} label={t("emojis.forget", { name: file.name })} onClick={onDone} />
    </li>
  );
}
