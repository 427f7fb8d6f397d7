/** Which address shows what. */

import { createRootRoute, createRoute, createRouter, Outlet, useParams } from "@tanstack/react-router";
import { type ComponentType, lazy, Suspense } from "react";
import { lazily } from "../components/lazily";
import { ConversationBones } from "../features/conversation/Bones";
import { Landing } from "../features/home/Landing";
import { useNamedMessage } from "../features/navigation";
import { Shell } from "../features/shell/Shell";
import { NotFound } from "./NotFound";

const conversation = () => import("../features/conversation/ChannelPage");
const AuthPage = lazily(
  () => import("../features/auth/AuthPage"),
  (module) => module.AuthPage,
);
const VerifyPage = lazily(
  () => import("../features/auth/VerifyPage"),
  (module) => module.VerifyPage,
);
const RecoverPage = lazily(
  () => import("../features/auth/RecoverPage"),
  (module) => module.RecoverPage,
);
const NewPasswordPage = lazily(
  () => import("../features/auth/RecoverPage"),
  (module) => module.NewPasswordPage,
);
const InvitePage = lazily(
  () => import("../features/invite/InvitePage"),
  (module) => module.InvitePage,
);
const Home = lazily(
  () => import("../features/home/Home"),
  (module) => module.Home,
);
const ChannelPage = lazy(() => conversation().then((module) => ({ default: module.ChannelPage })));
const DirectPage = lazy(() =>
  import("../features/conversation/DirectPage").then((module) => ({ default: module.DirectPage })),
);
const GroupPage = lazy(() => conversation().then((module) => ({ default: module.GroupPage })));

const FriendsPage = lazily(() => import("../features/people/FriendsPage"));
const MentionsPage = lazily(() => import("../features/mentions/MentionsPage"));
const ReportsPage = lazily(() => import("../features/group/moderation/ReportsPage"));
const AdminPage = lazily(() => import("../features/admin/AdminPage"));
const SettingsPage = lazily(() => import("../features/settings/SettingsPage"));
const GroupSettings = lazily(() => import("../features/group/GroupSettings"));

// Strangers meet a form first; for all others the conversation is needed at once.
if (!/^\/(login|signup|invite|verify|recover)\b/.test(location.pathname)) void conversation();

/** A page of the shell whose code may still be under way. */
function waited(Page: ComponentType) {
  return () => (
    <Suspense fallback={<div className="blank" aria-busy="true" />}>
      <Page />
    </Suspense>
  );
}

const root = createRootRoute({
  component: () => (
    <Suspense fallback={null}>
      <Outlet />
    </Suspense>
  ),
  notFoundComponent: NotFound,
});

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

interface AuthSearch {
  next?: string;
  owner?: string;
}

function authSearch(search: Record<string, unknown>): AuthSearch {
  const next = text(search["next"]);
  const owner = text(search["owner"]);
  return { ...(next === undefined ? {} : { next }), ...(owner === undefined ? {} : { owner }) };
}

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: authSearch,
  component: function LoginPage() {
    const { next } = login.useSearch();
    return <AuthPage kind="login" next={next} />;
  },
});

const signup = createRoute({
  getParentRoute: () => root,
  path: "/signup",
  validateSearch: authSearch,
  component: function SignupPage() {
    const { next, owner } = signup.useSearch();
    return <AuthPage kind="signup" next={next} ownerToken={owner} />;
  },
});

const invite = createRoute({
  getParentRoute: () => root,
  path: "/invite/$code",
  component: function Invitation() {
    const { code } = invite.useParams();
    return <InvitePage key={code} code={code} />;
  },
});

const verify = createRoute({
  getParentRoute: () => root,
  path: "/verify/$token",
  component: function Verification() {
    const { token } = verify.useParams();
    return <VerifyPage key={token} token={token} />;
  },
});
const recover = createRoute({ getParentRoute: () => root, path: "/recover", component: RecoverPage });
const newPassword = createRoute({
  getParentRoute: () => root,
  path: "/recover/$token",
  component: function Recovery() {
    const { token } = newPassword.useParams();
    return <NewPasswordPage key={token} token={token} />;
  },
});

const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const landing = createRoute({ getParentRoute: () => shell, path: "/", component: Landing });
const home = createRoute({ getParentRoute: () => shell, path: "/home", component: waited(Home) });
const group = createRoute({
  getParentRoute: () => shell,
  path: "/g/$groupId",
  component: function Group() {
    const { groupId } = group.useParams();
    return (
      <Suspense fallback={<ConversationBones />}>
        <GroupPage groupId={groupId} />
      </Suspense>
    );
  },
});

interface PlaceSearch {
  /** A message to show. */
  m?: string;
}

function placeSearch(search: Record<string, unknown>): PlaceSearch {
  const message = text(search["m"]);
  return message !== undefined && /^\d{1,20}$/.test(message) ? { m: message } : {};
}

const channel = createRoute({
  getParentRoute: () => shell,
  path: "/g/$groupId/c/$channelId",
  validateSearch: placeSearch,
  component: function ChannelRoute() {
    const { groupId, channelId } = channel.useParams();
    useNamedMessage(channelId, channel.useSearch().m);
    return (
      <Suspense fallback={<ConversationBones />}>
        <ChannelPage groupId={groupId} channelId={channelId} />
      </Suspense>
    );
  },
});

const direct = createRoute({
  getParentRoute: () => shell,
  path: "/d/$channelId",
  validateSearch: placeSearch,
  component: function DirectRoute() {
    const { channelId } = direct.useParams();
    useNamedMessage(channelId, direct.useSearch().m);
    return (
      <Suspense fallback={<ConversationBones />}>
        <DirectPage channelId={channelId} />
      </Suspense>
    );
  },
});
const friends = createRoute({
  getParentRoute: () => shell,
  path: "/friends",
  component: waited(FriendsPage),
});
const mentions = createRoute({
  getParentRoute: () => shell,
  path: "/mentions",
  component: waited(MentionsPage),
});
const reports = createRoute({
  getParentRoute: () => shell,
  path: "/reports",
  component: waited(ReportsPage),
});

const admin = createRoute({
  getParentRoute: () => shell,
  path: "/admin",
  component: waited(AdminPage),
});

function OwnSettings() {
  const { section } = useParams({ strict: false });
  return (
    <Suspense fallback={<div className="blank" aria-busy="true" />}>
      <SettingsPage section={section} />
    </Suspense>
  );
}
const ownSettings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: OwnSettings,
});
const ownSettingsSection = createRoute({
  getParentRoute: () => shell,
  path: "/settings/$section",
  component: OwnSettings,
});

function SettingsRoute() {
  const { groupId = "", section, item } = useParams({ strict: false });
  return (
    <Suspense fallback={<div className="blank" aria-busy="true" />}>
      <GroupSettings groupId={groupId} section={section} item={item} />
    </Suspense>
  );
}
const groupSettings = createRoute({
  getParentRoute: () => shell,
  path: "/g/$groupId/settings",
  component: SettingsRoute,
});
const settingsSection = createRoute({
  getParentRoute: () => shell,
  path: "/g/$groupId/settings/$section",
  component: SettingsRoute,
});
const settingsItem = createRoute({
  getParentRoute: () => shell,
  path: "/g/$groupId/settings/$section/$item",
  component: SettingsRoute,
});

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    signup,
    invite,
    verify,
    recover,
    newPassword,
    shell.addChildren([
      landing,
      home,
      friends,
      mentions,
      reports,
      admin,
      direct,
      group,
      channel,
      ownSettings,
      ownSettingsSection,
      groupSettings,
      settingsSection,
      settingsItem,
    ]),
  ]),
  scrollRestoration: false,
  // Codes and tokens are plain text; the default would read "123" as a number.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const pairs = Object.entries(search).filter(([, value]) => value !== undefined);
    const query = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
    return query === "" ? "" : `?${query}`;
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
