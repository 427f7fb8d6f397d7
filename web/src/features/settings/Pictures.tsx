import { type ChangeEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import type { Me, Profile } from "../../gateway/protocol";
import { nameOf, useAttempt, useParley } from "../parley";
import { About, Banner } from "../people/About";
import { CropDialog } from "./CropDialog";

interface Props {
  me: Me;
  profile: Profile;
  onProfile: (profile: Profile) => void;
}

const KINDS = {
  avatar: { width: 512, height: 512 },
  banner: { width: 1200, height: 480 },
} as const;
type Kind = keyof typeof KINDS;

/** One's profile as others see it, and its pictures. */
export function Pictures({ me, profile, onProfile }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const [chosen, setChosen] = useState<{ kind: Kind; file: File } | null>(null);
  const save = async (kind: Kind, image: Blob): Promise<void> => {
    if (kind === "avatar") parley.changedMe(await parley.api.putAvatar(image));
    else onProfile(await parley.api.putBanner(image));
  };
  const remove = (kind: Kind): void =>
    void attempt(async () => {
      if (kind === "avatar") parley.changedMe(await parley.api.deleteAvatar());
      else onProfile(await parley.api.deleteBanner());
    });
  const tools = (kind: Kind, there: boolean) => (
    <Chooser
      kind={kind}
      there={there}
      onChoose={(file) => setChosen({ kind, file })}
      onRemove={() => remove(kind)}
    />
  );
  return (
    <section className="profile-look" aria-label={t("profile.preview")}>
      <div className="profile profile-preview">
        <Banner banner={profile.banner} />
        <header>
          <Avatar id={me.id} name={nameOf(me)} size={64} />
          <div>
            <strong>{nameOf(me)}</strong>
            <small>@{me.username}</small>
          </div>
        </header>
        <About bio={profile.bio} fields={profile.fields} />
      </div>
      <div className="profile-pictures">
        {tools("avatar", Boolean(me.avatar))}
        {tools("banner", profile.banner !== null)}
        <p className="soft">{t("profile.picturesHint")}</p>
      </div>
      {chosen && (
        <CropDialog
          title={t(chosen.kind === "avatar" ? "profile.avatar" : "profile.banner")}
          file={chosen.file}
          size={KINDS[chosen.kind]}
          round={chosen.kind === "avatar"}
          onClose={() => setChosen(null)}
          onSave={(image) => save(chosen.kind, image)}
        />
      )}
    </section>
  );
}

interface ChooserProps {
  kind: Kind;
  there: boolean;
  onChoose: (file: File) => void;
  onRemove: () => void;
}

function Chooser({ kind, there, onChoose, onRemove }: ChooserProps) {
  const { t } = useTranslation();
  const picker = useRef<HTMLInputElement>(null);
  const picked = (event: ChangeEvent<HTMLInputElement>): void => {
    const file = event.target.files?.[0];
    event.target.value = "";
    if (file) onChoose(file);
  };
  return (
    <div className="profile-chooser">
      <input
        ref={picker}
        type="file"
        hidden
        accept="image/png,image/gif,image/webp,image/jpeg"
        onChange={picked}
        data-testid={`${kind}-file`}
      />
      <Button onClick={() => picker.current?.click()} data-testid={`${kind}-choose`}>
        {t(kind === "avatar" ? "profile.chooseAvatar" : "profile.chooseBanner")}
      </Button>
      {there && (
        <Button look="quiet" onClick={onRemove} data-testid={`${kind}-remove`}>
          {t(kind === "avatar" ? "profile.removeAvatar" : "profile.removeBanner")}
        </Button>
      )}
    </div>
  );
}
