-- The image that holds a release, by digest; null where containers see the unpacked artefact in a base image.
alter table releases add column image text;
