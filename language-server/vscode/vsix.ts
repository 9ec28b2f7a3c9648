/** The two files by which a `.vsix` says what it is: a manifest, and the media types of what it holds (OPC). */
import { extname } from "node:path";

export interface ExtensionManifest {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly version: string;
  readonly publisher: string;
  readonly engines: { readonly vscode: string };
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  readonly contributes: {
    readonly languages: readonly { readonly id: string; readonly extensions: readonly string[] }[];
  };
  readonly type?: string;
  readonly private?: boolean;
}

/** `extension.vsixmanifest`: what galleries and the installation read before the extension itself. */
export function vsixManifest(manifest: ExtensionManifest): string {
  const { name, displayName, description, version, publisher, engines, categories, keywords } = manifest;
  const languages = manifest.contributes.languages.flatMap(({ id, extensions }) => [
    id,
    ...extensions.map((extension) => `__ext_${extension.slice(1)}`),
  ]);
  const assets = [
    ["Microsoft.VisualStudio.Code.Manifest", "package.json"],
    ["Microsoft.VisualStudio.Services.Content.Details", "README.md"],
    ["Microsoft.VisualStudio.Services.Content.Changelog", "CHANGELOG.md"],
    ["Microsoft.VisualStudio.Services.Content.License", "LICENSE.txt"],
  ] as const;
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011" xmlns:d="http://schemas.microsoft.com/developer/vsx-schema-design/2011">
  <Metadata>
    <Identity Language="en-US" Id="${xml(name)}" Version="${xml(version)}" Publisher="${xml(publisher)}"/>
    <DisplayName>${xml(displayName)}</DisplayName>
    <Description xml:space="preserve">${xml(description)}</Description>
    <Tags>${xml([...new Set([...keywords, ...languages])].join(","))}</Tags>
    <Categories>${xml(categories.join(","))}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${xml(engines.vscode)}"/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionDependencies" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionPack" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace"/>
      <Property Id="Microsoft.VisualStudio.Code.LocalizedLanguages" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExecutesCode" Value="true"/>
      <Property Id="Microsoft.VisualStudio.Services.GitHubFlavoredMarkdown" Value="true"/>
    </Properties>
    <License>extension/LICENSE.txt</License>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code"/>
  </Installation>
  <Dependencies/>
  <Assets>
${assets.map(([type, path]) => `    <Asset Type="${type}" Path="extension/${path}" Addressable="true"/>`).join("\n")}
  </Assets>
</PackageManifest>
`;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".json": "application/json",
  ".md": "text/markdown",
  ".txt": "text/plain",
  ".cjs": "application/javascript",
  ".mjs": "application/javascript",
  ".gov": "text/plain",
  ".vsixmanifest": "text/xml",
};

/** `[Content_Types].xml`; an ending without a known type is our own mistake. */
export function contentTypes(files: readonly string[]): string {
  const endings = [...new Set([".vsixmanifest", ...files.map((file) => extname(file))])].toSorted();
  const types = endings.map((ending) => {
    const type = MEDIA_TYPES[ending];
    if (type === undefined) throw new Error(`no media type is known for ${ending}`);
    return `  <Default Extension="${ending}" ContentType="${type}"/>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
${types.join("\n")}
</Types>
`;
}

function xml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
