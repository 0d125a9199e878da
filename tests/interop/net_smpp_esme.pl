#!/usr/bin/perl
# An ESME made of Perl's Net::SMPP: a modem box in Perl that binds to our listener.
#
# usage: perl net_smpp_esme.pl
# Commands arrive on standard input and events leave on standard output, one JSON object a line;
# esme_peer.py describes them and the Node ESME speaks the same.
use strict;
use warnings;
use IO::Handle;
use IO::Select;
use JSON::PP;
use Net::SMPP;

my $json = JSON::PP->new->latin1->canonical;
STDOUT->autoflush(1);
sub say_event { my ($event, %more) = @_; print $json->encode({event => $event, %more}), "\n"; }

my $wakers = IO::Select->new(\*STDIN);
my %sessions;    # what the suite calls it -> connection
my %names;       # fileno -> what the suite calls it
my %tags;        # name, sequence of a request -> what the suite calls it

sub close_session {
    my ($name) = @_;
    my $session = delete $sessions{$name} or return;
    delete $names{fileno $session};
    $wakers->remove($session);
    $session->close;
    say_event('closed', session => $name);
}

sub number { defined $_[0] && $_[0] ne '' ? $_[0] + 0 : undef }
sub octet { defined $_[0] ? unpack('C', $_[0]) : undef }

sub on_deliver {
    my ($session, $pdu, $name) = @_;
    $session->deliver_sm_resp(seq => $pdu->{seq}, message_id => '');
    (my $id = $pdu->{receipted_message_id} // '') =~ s/\0$//;
    say_event('deliver_sm', session => $name, from => $pdu->{source_addr}, to => $pdu->{destination_addr},
              text => $pdu->{short_message}, esm_class => $pdu->{esm_class} + 0,
              data_coding => $pdu->{data_coding} + 0, registered => $pdu->{registered_delivery} + 0,
              id => $id, state => octet($pdu->{message_state}));
}

sub on_answer {
    my ($pdu, $name, $what) = @_;
    if ($what =~ /^bind_/) {
        return say_event('bind_resp', session => $name, status => $pdu->{status} + 0,
                         system_id => $pdu->{system_id}, version => octet($pdu->{sc_interface_version}));
    }
    if ($what eq 'unbind_resp') {
        my $tag = delete $tags{"$name $pdu->{seq}"};
        say_event('answer', tag => $tag, command => $what, status => $pdu->{status} + 0);
        return close_session($name);
    }
    my $tag = delete $tags{"$name $pdu->{seq}"};
    my @failed;
    if ($what eq 'submit_multi_resp') {
        my @addresses = @{$pdu->{destination_addr} || []};
        @failed = map { [$addresses[$_], $pdu->{error_status_code}[$_] + 0] } 0 .. $#addresses;
    }
    say_event('answer', tag => $tag, command => $what, status => $pdu->{status} + 0,
              message_id => $pdu->{message_id}, state => number($pdu->{message_state}),
              error => number($pdu->{error_code}), final_date => $pdu->{final_date}, failed => \@failed);
}

sub on_session {
    my ($name) = @_;
    my $session = $sessions{$name};
    my $pdu = do { local $SIG{__WARN__} = sub { }; $session->read_pdu };
    return close_session($name) unless defined $pdu;
    my $what = (Net::SMPP::pdu_tab->{$pdu->{cmd}} || {cmd => sprintf('0x%08x', $pdu->{cmd})})->{cmd};
    if ($what eq 'deliver_sm') { on_deliver($session, $pdu, $name) }
    elsif ($what eq 'enquire_link') {
        $session->enquire_link_resp(seq => $pdu->{seq});
        say_event('enquire_link', session => $name);
    }
    elsif ($what eq 'unbind') {
        $session->unbind_resp(seq => $pdu->{seq});
        say_event('unbind', session => $name);
        close_session($name);
    }
    elsif ($pdu->{cmd} & 0x80000000) { on_answer($pdu, $name, $what) }
    else { say_event('error', session => $name, what => "nothing is done with $what") }
}

my %commands = (
    bind => sub {
        my ($command) = @_;
        my $name = $command->{session};
        my $session = Net::SMPP->new_connect('127.0.0.1', port => $command->{port}, async => 1, smpp_version => 0x34)
            or return say_event('error', session => $name, what => "cannot connect: $!");
        $sessions{$name} = $session;
        $names{fileno $session} = $name;
        $wakers->add($session);
        my $bind = $session->can($command->{kind});
        $bind->($session, system_id => $command->{system_id}, password => $command->{password},
                interface_version => $command->{version} || 0x34);
        say_event('connected', session => $name, tls => '');
    },
    send => sub {
        my ($command) = @_;
        my ($name, $what) = @$command{qw(session command)};
        my %fields = %{$command->{fields} || {}};
        $fields{short_message} = pack('H*', $command->{octets}) if defined $command->{octets};
        if (my $many = $command->{to_many}) {
            $fields{destination_addr} = [map { $_->{list} // $_->{to} } @$many];
            $fields{dest_flag} = [map { defined $_->{list} ? 2 : 1 } @$many];
        }
        my %tlvs = %{$command->{tlvs} || {}};
        my @parameters = map { $_ => pack('H*', $tlvs{$_}) } sort keys %tlvs;
        my $ask = $sessions{$name}->can($what);
        my $sequence = $ask->($sessions{$name}, async => 1, %fields, @parameters);
        $tags{"$name $sequence"} = $command->{tag};
    },
    drop => sub { close_session($_[0]{session}) },
    quit => sub { exit 0 },
);

# Unbuffered: a buffered reader would hide a second line from select.
my $input = '';
sub on_input {
    sysread(STDIN, $input, 65536, length $input) or exit 0;
    while ($input =~ s/^([^\n]*)\n//) {
        my $command = decode_json($1);
        $commands{$command->{do}}->($command);
    }
}

say_event('ready');
while (1) {
    for my $ready ($wakers->can_read) {
        if (fileno($ready) == fileno(STDIN)) { on_input() }
        elsif (defined(my $name = defined fileno($ready) ? $names{fileno $ready} : undef)) { on_session($name) }
    }
}
